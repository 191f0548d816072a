#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "understudy/base/secret.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// The credentials of another container credential endpoint: ECS's, EKS Pod Identity's, or one on this machine. The
/// token file is read anew at each call. As in the SDKs, plain http is for loopback, 169.254.170.2, 169.254.170.23 and
/// fd00:ec2::23 alone. Thread-safety: as Source.
///
/// Errors: kInvalid `InvalidUrl` and `NotAllowedHost`; those of reading the token file; ask_upstream's,
/// upstream_refusal's and parse_endpoint_document's. Where nobody can be asked the message says who names the endpoint,
/// and what to do: `.. (AWS_CONTAINER_CREDENTIALS_FULL_URI names it): start it, or ..`. Source: AWS SDKs and Tools
/// Reference Guide, "Container credential provider".
class ContainerEndpointSource final : public Source {
 public:
  struct Settings {
    std::string full_uri;  ///< Absolute; a relative one stands behind http://169.254.170.2.
    std::string token_file;
    Secret token;  ///< Where there is no `token_file`; may be empty.
    /// Who says so: a variable of the environment, or the configuration's key.
    std::string named_by = "the full_uri of the configuration";
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  ContainerEndpointSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Surroundings surroundings_;
  Settings settings_;
};

/// Whether SDKs ask that host by plain http, too: one on loopback, or AWS's own addresses above. Pure.
[[nodiscard]] bool is_asked_over_http(std::string_view host);

/// As the SDKs read it: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. kNotFound (code `NoContainerEndpoint`) where neither URI is set.
Result<ContainerEndpointSource::Settings> container_endpoint_in(const Environment& environment);

/// What the environment says at each call.
[[nodiscard]] std::unique_ptr<Source> container_of_environment(const Surroundings& surroundings);

/// `container: true` for what the environment says, or `container: {full_uri: http://127.0.0.1:8080/creds, token_file:
/// PATH}`
[[nodiscard]] Kind container_endpoint_kind();

}  // namespace understudy::source
