#pragma once

#include <memory>
#include <optional>
#include <string>

#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"
#include "understudy/source/sts_fields.hpp"
#include "understudy/source/token_place.hpp"

namespace understudy::source {

/// AssumeRoleWithWebIdentity with a token that somebody else writes into a file and renews, as for a Kubernetes service
/// account, or that a command asks for, as in a CI job. The file is read, or the command run, at each call; where STS
/// says that the token has ended, once more. Thread-safety and failure: as Source; an ended token is kUnavailable, for
/// there may be a newer one at the next try. Source: AWS SDKs and Tools Reference Guide, "Assume role with web
/// identity".
class WebIdentitySource final : public Source {
 public:
  struct Settings {
    aws::AssumeRoleWithWebIdentity call;  ///< Without token and policies.
    TokenPlace token;
    PolicySettings policies{};
    std::optional<aws::ProfileStsSettings> played{};  ///< As for Sts::call.
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  WebIdentitySource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Result<aws::StsAnswer> ask(const aws::SessionPolicies& policies);

  Surroundings surroundings_;
  Settings settings_;
};

/// As the SDKs read it: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME (else `session_name`).
/// kNotFound (code `NoWebIdentity`) without the first; kInvalid (code `HalfAWebIdentity`) without the second.
Result<WebIdentitySource::Settings> web_identity_in(const Environment& environment, std::string_view session_name);

/// What the environment says at each call.
[[nodiscard]] std::unique_ptr<Source> web_identity_of_environment(const Surroundings& surroundings,
                                                                  std::string session_name);

/// `web_identity: true` for what the environment says, or
///
///     web_identity:
///       role_arn: arn:aws:iam::111122223333:role/ci
///       token_file: /var/run/oidc-token     # or token_command: "curl .. | jq -r .value"
///       session_name: me                    # understudy-<role key>
///       duration: 1h                        # 15m to 12h
///       provider_id: www.amazon.com         # for OAuth 2.0 tokens alone
///
/// and policies as in assume_role.
[[nodiscard]] Kind web_identity_kind();

}  // namespace understudy::source
