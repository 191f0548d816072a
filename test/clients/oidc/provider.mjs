// An OpenID Connect provider on loopback whose one client, "ci", gets JWTs for STS by client_credentials. That client's secret is
// OIDC_CLIENT_SECRET. Prints its issuer as a line once it serves, and ends with its input.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const STS = { scope: "", audience: "sts.amazonaws.com", accessTokenFormat: "jwt", accessTokenTTL: 900 };
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "ci",
    client_secret: process.env.OIDC_CLIENT_SECRET,
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  }],
  cookies: { keys: [randomBytes(32).toString("hex")] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "https://sts.amazonaws.com",
      getResourceServerInfo: () => STS,
    },
  },
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
});
server.on("request", provider.callback());
console.log(issuer);
process.stdin.on("end", () => process.exit()).resume();
