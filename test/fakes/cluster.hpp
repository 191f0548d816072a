#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fakes/pem.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/keys.hpp"

namespace understudy::fakes {

/// A Kubernetes cluster that signs service accounts' tokens with ES256.
class Cluster {
 public:
  explicit Cluster(std::string key_id = "key-1")
      : key_id_(std::move(key_id)),
        key_(understudy::PrivateKey::from_pem(pem_of(*make_ec_key("P-256"), PemForm::kPkcs8), "a test").value()) {}

  /// What `kubectl get --raw /openid/v1/jwks` prints.
  [[nodiscard]] std::string jwks() const {
    const auto point = key_.p256_point().value();
    return fmt::format(
        R"({{"keys":[{{"use":"sig","kty":"EC","kid":"{}","crv":"P-256","alg":"ES256","x":"{}","y":"{}"}}]}})", key_id_,
        base64url(point.x), base64url(point.y));
  }

  /// A token with these claims, whatever they are.
  [[nodiscard]] std::string sign(std::string_view claims) const {
    const auto header = fmt::format(R"({{"alg":"ES256","kid":"{}"}})", key_id_);
    const auto signed_part = base64url(header) + "." + base64url(claims);
    return signed_part + "." + base64url(key_.sign_es256(signed_part));
  }

  /// A pod's token for the Pod Identity agent, good for an hour from `issued` on.
  [[nodiscard]] std::string token(WallTime issued, std::string_view name_space = "default",
                                  std::string_view account = "app") const {
    return sign(claims(issued, name_space, account));
  }

  [[nodiscard]] static std::string claims(WallTime issued, std::string_view name_space = "default",
                                          std::string_view account = "app",
                                          std::string_view audience = "pods.eks.amazonaws.com") {
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(issued.time_since_epoch()).count();
    return fmt::format(R"({{"aud":["{0}"],"exp":{1},"iat":{2},"nbf":{2},"iss":"https://kubernetes.default.svc",)"
                       R"("kubernetes.io":{{"namespace":"{3}","pod":{{"name":"app-0","uid":"1"}},)"
                       R"("serviceaccount":{{"name":"{4}","uid":"2"}}}},"sub":"system:serviceaccount:{3}:{4}"}})",
                       audience, at + 3600, at, name_space, account);
  }

 private:
  std::string key_id_;
  understudy::PrivateKey key_;
};

}  // namespace understudy::fakes
