import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const identity = await new STSClient().send(new GetCallerIdentityCommand());
console.log(identity.Arn);
