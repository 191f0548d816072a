#pragma once

#include <memory>
#include <string>

#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// The role credentials of another instance metadata service, the real one for instance: version 2 alone. A token is
/// asked for anew at each call, which is once in hours. Thread-safety: as Source.
///
/// Errors: kInvalid `InvalidUrl`; kNotFound `NoInstanceRole` (nothing listed); kUnavailable with the `Code` of a
/// document that is no success; ask_upstream's, upstream_refusal's and parse_endpoint_document's. Source: AWS SDKs and
/// Tools Reference Guide, "IMDS credential provider".
class InstanceEndpointSource final : public Source {
 public:
  struct Settings {
    std::string endpoint = "http://169.254.169.254/";
    std::string role;  ///< Empty: the one that it lists.
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  InstanceEndpointSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  struct Page {
    std::string text;
    WallTime received{};
  };
  [[nodiscard]] Result<Page> read(const Url& endpoint, const std::string& path, const std::string& token);
  [[nodiscard]] Result<std::string> new_token(const Url& endpoint);

  Surroundings surroundings_;
  Settings settings_;
};

/// As the SDKs read it: AWS_EC2_METADATA_SERVICE_ENDPOINT, else by AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE. kInvalid
/// (code `MetadataDisabled`) where AWS_EC2_METADATA_DISABLED is true.
Result<InstanceEndpointSource::Settings> instance_endpoint_in(const Environment& environment);

/// What the environment says at each call.
[[nodiscard]] std::unique_ptr<Source> instance_of_environment(const Surroundings& surroundings);

/// `instance: true` for what the environment says, or `instance: {endpoint: http://169.254.169.254/, role: app}`
[[nodiscard]] Kind instance_endpoint_kind();

}  // namespace understudy::source
