#include "understudy/aws/eks_token.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>

#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/sigv4.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

constexpr std::chrono::seconds kUrlSaysItLasts(60);
constexpr std::chrono::minutes kTokenLasts(14);

constexpr std::string_view kV1 = "client.authentication.k8s.io/v1";
constexpr std::string_view kV1Beta1 = "client.authentication.k8s.io/v1beta1";
constexpr std::string_view kV1Alpha1 = "client.authentication.k8s.io/v1alpha1";

std::string presigned_url(const StsEndpoint& endpoint, const Credentials& credentials, std::string_view cluster,
                          WallTime now) {
  Request request;
  request.method = "GET";
  request.target = fmt::format("{}?{}", endpoint.url.target, encode_call(GetCallerIdentity{}));
  request.headers.add("Host", endpoint.url.authority());
  request.headers.add("x-k8s-aws-id", std::string(cluster));
  presign_request(request, credentials, endpoint.signing_region, "sts", now, kUrlSaysItLasts);
  auto url = endpoint.url;
  url.target = std::move(request.target);
  return url.to_string();
}

}  // namespace

EksToken make_eks_token(const StsEndpoint& endpoint, const Credentials& credentials, std::string_view cluster,
                        WallTime now) {
  const WallTime expires = now + kTokenLasts;
  return {Secret("k8s-aws-v1." + base64url(presigned_url(endpoint, credentials, cluster, now))),
          std::min(expires, credentials.expiration.value_or(expires))};
}

bool is_cluster_name(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  return is_word(text, "-_") && text.size() <= kLongest && is_alphanumeric(text.front());
}

ExecCredentialVersion exec_credential_version(std::optional<std::string_view> exec_info) {
  if (!exec_info || exec_info->empty()) {
    return {};
  }
  const auto wanted = json_text(json_object(*exec_info), "apiVersion");
  if (wanted == kV1Alpha1) {
    return {
        kV1Alpha1,
        "The kubeconfig's user asks for client.authentication.k8s.io/v1alpha1, which newer clients drop: write v1beta1 "
        "or v1 there."};
  }
  for (const auto known : {kV1, kV1Beta1}) {
    if (wanted == known) {
      return {known, {}};
    }
  }
  return {kV1Beta1,
          "KUBERNETES_EXEC_INFO names no apiVersion that is known here (v1, v1beta1, v1alpha1): the answer is v1beta1, "
          "which the client may refuse."};
}

std::string render_exec_credential(const EksToken& token, std::string_view api_version) {
  return fmt::format(
      R"({{"kind":"ExecCredential","apiVersion":{},"spec":{{}},"status":{{"expirationTimestamp":"{}","token":{}}}}})",
      json_string(api_version), format_iso8601(token.expires), json_string(token.token.reveal()));
}

}  // namespace understudy::aws
