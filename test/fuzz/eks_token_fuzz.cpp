// What kubectl says of the version that it wants, and clusters' names: the answer is one of three, and a token for any
// cluster that may be named so fits in what the authenticator takes.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/eks_token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  using understudy::Secret;
  const auto text = as_text(data, size);
  const auto version = aws::exec_credential_version(text);
  require(version.api_version == "client.authentication.k8s.io/v1" ||
          version.api_version == "client.authentication.k8s.io/v1beta1" ||
          version.api_version == "client.authentication.k8s.io/v1alpha1");
  if (aws::is_cluster_name(text)) {
    const auto now = understudy::fakes::FakeClock().wall();
    const aws::Credentials keys{"AKIAEXAMPLEEXAMPLE00", Secret("a fake secret"), {}, {}, {}, {}, {}};
    const aws::StsEndpoint endpoint{{"https", "sts.us-east-1.amazonaws.com", 443, "/"}, "us-east-1"};
    const auto token = aws::make_eks_token(endpoint, keys, text, now);
    require(token.token.reveal().starts_with("k8s-aws-v1.") && token.token.reveal().size() <= aws::kLongestEksToken);
    require(token.expires > now);
  }
  return 0;
}
