#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "understudy/aws/login_session.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// A session of `aws login`: its cached credentials, renewed over sign-in's token endpoint with a DPoP proof.
///
/// The file stands in AWS_LOGIN_CACHE_DIRECTORY, else in `~/.aws/login/cache`, and is read anew at each `get`: whatever
/// the AWS CLI or an SDK has written there counts. Its credentials are given as long as they are good for more than 5
/// minutes; then they are renewed at `https://{region}.signin.aws.amazon.com/v1/token` (AWS_ENDPOINT_URL_SIGNIN,
/// AWS_ENDPOINT_URL), and the file is written, at once and with mode 0600, with everything else in it kept. Where that
/// fails for a passing reason, they are given until they end; where the file can not be written, a warning tells.
///
/// Errors: kActionNeeded `LoginRequired` (no such file, or sign-in refuses to renew it: the person has to run
/// `aws login`) and `BadLoginSession` (the file lacks something, or its dpopKey is no key on P-256); kDenied
/// `InsufficientPermissions`; kInvalid `MissingRegion`, `InvalidRegion` and those of service_url; those of read_file
/// and call_json; kUnavailable `BadAnswer`.
/// Thread-safe: of several at once one renews for all.
class LoginSessionSource final : public Source {
 public:
  struct Settings {
    std::string login_session;  ///< The principal's ARN, as in the profile.
    std::string region;         ///< Of sign-in; empty: the configuration's.
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  LoginSessionSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  struct Standing {
    Secret text;
    aws::LoginSession session;
  };
  [[nodiscard]] Result<Standing> read_session() const;
  [[nodiscard]] bool is_good(const aws::Credentials& held) const;
  [[nodiscard]] aws::Credentials as_it_stands(const Standing& standing) const;
  [[nodiscard]] Result<aws::Credentials> renew_for_all(const Standing& standing, Freshness freshness,
                                                       Renewals::Turn& turn) const;
  [[nodiscard]] Result<aws::LoginRenewal> renew(const aws::LoginSession& session) const;
  [[nodiscard]] Result<PrivateKey> key_of(const aws::LoginSession& session) const;
  void save(std::string_view text, const aws::LoginRenewal& renewal) const;
  [[nodiscard]] std::filesystem::path file() const;
  [[nodiscard]] Error login_required(std::string_view why) const;
  [[nodiscard]] Error bad_file(std::string_view why) const;
  [[nodiscard]] Error refusal(int status, std::string_view code, std::string_view message) const;

  Surroundings surroundings_;
  Settings settings_;
};

/// `login: arn:aws:iam::111122223333:user/me`, or `login: {session: arn:.., region: us-east-1}`.
[[nodiscard]] Kind login_session_kind();

}  // namespace understudy::source
