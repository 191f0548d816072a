#pragma once

#include <filesystem>
#include <string>

#include "understudy/aws/sso.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// A role of IAM Identity Center. The token stands in the AWS CLI's cache, `~/.aws/sso/cache`, read anew at each `get`:
/// whoever logged in or renewed it. A session's token is renewed there 15 minutes before its end (at once and with mode
/// 0600, everything else in the file kept, by one role for all); where that fails, it is used until it ends. A token of
/// the legacy form is never renewed. Endpoints: AWS_ENDPOINT_URL_SSO, AWS_ENDPOINT_URL_SSO_OIDC, AWS_ENDPOINT_URL.
///
/// Errors: kActionNeeded `SsoLoginRequired` (no token, an ended one, or one that is refused: a person has to run
/// `understudy login NAME`); kDenied `ForbiddenException` (the role is not assigned); kInvalid `BadSsoSession` (the
/// shared config file has no such session, or a half one), `MissingRegion`, `InvalidRegion` and those of service_url;
/// those of read_file and call_json (also where an ended
/// token can not be renewed for the moment); kUnavailable `BadAnswer`. Thread-safe: of several at once one renews.
class SsoSource final : public Source {
 public:
  struct Settings {
    std::string session;  ///< The name of the `sso-session`; empty: the legacy form, whose cache goes by start_url.
    std::string
        start_url;  ///< This and the region may be empty where there is a session: the shared config file has them.
    std::string region;  ///< Of Identity Center: sso_region.
    std::string account_id;
    std::string role_name;
    std::string profile{};  ///< For messages: `understudy login dev`; may be empty.
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  SsoSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  [[nodiscard]] Result<void> complete(Settings& settings) const;
  struct Standing {
    Secret text;
    aws::SsoToken token;
  };
  [[nodiscard]] Result<Secret> access_token(const Settings& settings) const;
  [[nodiscard]] Result<Standing> read_token(const std::filesystem::path& path) const;
  [[nodiscard]] bool is_due(const Settings& settings, const aws::SsoToken& token) const;
  [[nodiscard]] Result<Secret> renew_for_all(const Settings& settings, const std::filesystem::path& path,
                                             const Standing& standing, Renewals::Turn& turn) const;
  [[nodiscard]] Result<Secret> as_it_stands(const aws::SsoToken& token) const;
  [[nodiscard]] Result<aws::SsoRenewal> renew(const Settings& settings, const aws::SsoToken& token) const;
  [[nodiscard]] Result<aws::Credentials> role_credentials(const Settings& settings, const Secret& token) const;
  [[nodiscard]] Error login_required(std::string_view why) const;

  Surroundings surroundings_;
  Settings settings_;
};

/// `sso: {start_url: .., region: .., account_id: "111122223333", role_name: Dev}`, or `session: NAME` in place of the
/// first two.
[[nodiscard]] Kind sso_kind();

}  // namespace understudy::source
