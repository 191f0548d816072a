import software.amazon.awssdk.services.sts.StsClient;

/** Prints who the default chain's credentials belong to. */
public final class WhoAmI {
    public static void main(String[] args) {
        try (StsClient sts = StsClient.create()) {
            System.out.println(sts.getCallerIdentity().arn());
        }
    }
}
