#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/guard.hpp"
#include "understudy/service/identity_signer.hpp"
#include "understudy/service/imds_settings.hpp"
#include "understudy/service/imds_show.hpp"
#include "understudy/service/imds_token.hpp"
#include "understudy/service/refusal_log.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// The EC2 instance metadata service, versions 1 and 2, as current Nitro instances answer it (checked on instances).
///
/// What it shows is ImdsShow's, one view for each request; where that has faults, they come first.
///
/// Every request passes, in this order: the guard and an endpoint that is enabled (403, empty), `PUT /latest/api/token`
/// (200, or 400 for a bad life time; other methods on it 405), the token (401, empty: none where one is required, or
/// one that is not good, also two of them), the method (GET, HEAD; OPTIONS tells those; else 403), the tree (404 with a
/// page of 339 bytes).
///
/// The role's document: 200 with the shared body; a role that was never had is waited for where the caller can, else
/// 503; refused for good: 200 with `Code` `AssumeRoleUnauthorizedAccess`; ended or failing: 503. All 503s are empty.
/// The identity document's signatures are waited for where the caller can, too; as long as they are not there, 503.
/// A HEAD is answered as its GET, body included: leaving the body out is the server's.
class Imds final : public Handler {
 public:
  /// `role` is nullptr for an instance without one. REQUIRES: `show`, `role`, `signer`, `clock` and `log` outlive this;
  /// `role` is that of `settings.role`, and the settings are those of the show.
  Imds(const ImdsSettings& settings, ImdsShow& show, source::Role* role, IdentitySigner& signer, GuardRules rules,
       const Clock& clock, Log& log, Secret token_key = ImdsTokens::new_key());

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;
  [[nodiscard]] const RefusalLog& refusals() const { return refusals_; }

 private:
  using Seconds = std::optional<std::chrono::seconds>;
  using Signature = std::shared_ptr<const std::string> IdentitySignatures::*;
  using Document = std::shared_ptr<const std::string> aws::CredentialDocuments::*;

  [[nodiscard]] Answer answer_from(const ImdsView& view, const Request& request, Patience patience);
  [[nodiscard]] Response not_found() const;
  [[nodiscard]] Response unauthorized() const;
  [[nodiscard]] Response issue_token(const Request& request) const;
  /// The 401, or nothing where the request may go on; then with the life of its token, if it has one.
  [[nodiscard]] std::optional<Response> refuse_token(const ImdsView& view, const Request& request, Seconds& life_left);
  [[nodiscard]] Answer read(const ImdsView& view, std::optional<std::string_view> path, Patience patience) const;
  [[nodiscard]] Answer read_credentials(Document document, Patience patience) const;
  [[nodiscard]] Answer read_signature(const std::string& document, Signature signature, Patience patience) const;
  [[nodiscard]] Response refused_document() const;

  ImdsShow& show_;
  source::Role* role_;
  IdentitySigner& signer_;
  int hop_limit_;
  const ImdsManners manners_;
  std::string last_modified_;
  const Clock& clock_;
  ImdsTokens tokens_;
  RefusalLog refusals_;
  Guard guard_;
};

/// What `iam/security-credentials/` lists: the configured name, else the name at the end of the role's ARN
/// (`app` for `arn:aws:iam::111122223333:role/team/app`), else the role's key.
[[nodiscard]] std::string listed_role_name(const ImdsSettings& settings, std::string_view role_key,
                                           std::string_view role_arn);

}  // namespace understudy::service
