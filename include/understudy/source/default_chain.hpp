#pragma once

#include <memory>
#include <string>
#include <vector>

#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// The SDKs' default chain, looked through anew at each `get`: keys in the environment, a web identity in the
/// environment, the selected profile, a container endpoint, the instance metadata service. The first that is there is
/// taken, and its error is the outcome: one that is there and broken hides what comes behind it, as in the SDKs. A
/// profile is there where it has a way to credentials, even one that fails (a role from a profile that is not there),
/// or where AWS_PROFILE or AWS_DEFAULT_PROFILE names one that the files do not have; one with a region and no more is
/// passed over, named or not. Thread-safe.
///
/// kNotFound (code `NoCredentials`) where none is there; the message says where it looked and what to do.
/// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers"; of the profile: botocore,
/// credentials.py (ConfigProvider, AssumeRoleProvider) and session.py (ProfileNotFound).
class DefaultChain final : public Source {
 public:
  /// REQUIRES: what `surroundings` names outlives it.
  DefaultChain(Surroundings surroundings, std::string session_name);

  Result<aws::Credentials> get(Freshness freshness) override;
  std::vector<aws::Credentials> own_keys() override;

 private:
  [[nodiscard]] std::shared_ptr<Source> chosen() const;
  [[nodiscard]] bool has_profile() const;

  Surroundings surroundings_;
  std::string session_name_;
  std::shared_ptr<Source> profile_;  ///< The selected one, which keeps what took an MFA code.
};

/// `default_chain: true`
[[nodiscard]] Kind default_chain_kind();

}  // namespace understudy::source
