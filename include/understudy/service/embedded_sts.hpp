#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "understudy/aws/sts.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/sts_session.hpp"
#include "understudy/service/sts_settings.hpp"

namespace understudy::service {

/// What an embedded STS starts from.
struct EmbeddedStsSettings {
  std::vector<StsUser> users;
  TrustTable trust;
  std::string default_account = "000000000000";  ///< Of users that name none.
  std::string region;                            ///< The only one a signature may be for; empty: any.
  Secret seal_key;                               ///< As SessionSealer takes it.
};

/// AWS's Security Token Service for the machine's own use: AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML,
/// GetSessionToken, GetFederationToken, GetCallerIdentity, GetAccessKeyInfo, as POST form or GET query at `/`, with
/// STS's XML (JSON for who accepts that alone), limits and errors. Signatures (header and presigned, which is good for
/// 15 minutes, as EKS's tokens need it) and its own session tokens are verified; ID tokens and SAML assertions are
/// checked but for their signatures (see aws/jwt.hpp, aws/saml.hpp). Real AWS knows none of its credentials. It keeps
/// no state but counters: a session is in its token.
///
/// Who may assume a role is said by the trust table alone; session policies are checked for their form and have no
/// effect. DecodeAuthorizationMessage knows no message. Answers carry no PackedPolicySize.
///
/// A request without an Action, such as a health check's `GET /`, is answered with 400 `MissingAction` (real STS
/// redirects it to its product page); another path with 404 `UnknownOperationException`; another method with 405.
/// Errors of what the caller is: 403; of what it asks: 400. `x-amzn-RequestId` is random. Who may ask at all is for
/// GuardedSts, which its listener asks.
///
/// Thread-safety: `answer` and `calls` from any thread. Every refusal by the trust table is logged with the rule.
class EmbeddedSts final : public Handler {
 public:
  /// `clock` and `log` outlive it. Of two users with one access key id the first counts.
  EmbeddedSts(EmbeddedStsSettings settings, const Clock& clock, Log& log);

  /// Another key pair, such as one that a role's static keys hold. kInvalid where its access key id is already there
  /// with another secret; the same pair again changes nothing. REQUIRES: no answer() is running.
  Result<void> add_user(StsUser user);

  /// Whether sessions of the other are sessions here: they are sealed with one key.
  [[nodiscard]] bool takes_sessions_of(const EmbeddedSts& other) const {
    return settings_.seal_key == other.settings_.seal_key;
  }

  /// Requests for that action since the start, refused ones among them. 0 for an action that is not known.
  [[nodiscard]] std::uint64_t calls(std::string_view action) const;

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  [[nodiscard]] Result<aws::StsAnswer> perform(const Request& request, const std::string& form,
                                               std::string_view action);
  [[nodiscard]] Result<aws::StsAnswer> act(const aws::StsCall& call, const StsIdentity& caller, WallTime now);
  void count(std::string_view action);

  EmbeddedStsSettings settings_;
  const Clock& clock_;
  Log& log_;
  SessionSealer sealer_;
  std::map<std::string, StsUser, std::less<>> users_;
  std::array<std::atomic<std::uint64_t>, std::variant_size_v<aws::StsCall>> calls_{};
};

}  // namespace understudy::service
