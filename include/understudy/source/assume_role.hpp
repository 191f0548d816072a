#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/sts.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/mfa.hpp"
#include "understudy/source/source.hpp"
#include "understudy/source/sts_fields.hpp"

namespace understudy::source {

/// Plays a role with the credentials `base`, and fills in the account and the role's ARN. Where `base` is temporary, a
/// duration over one hour is cut to it with a warning (STS refuses more of a chain).
/// `played` as for Sts::call. Errors: those of Sts.
Result<aws::Credentials> play_role(const Surroundings& surroundings, aws::AssumeRole call, const aws::Credentials& base,
                                   const aws::ProfileStsSettings* played = nullptr);

/// AssumeRole with the credentials of another source. Where STS says that those have ended, fresh ones are asked for
/// once; but not with an MFA code, which is sent once. Thread-safety and failure: as Source, and those of MfaCodes.
class AssumeRoleSource final : public Source {
 public:
  struct Settings {
    aws::AssumeRole call;  ///< Without policies, MFA device and code.
    PolicySettings policies;
    std::optional<MfaSettings> mfa{};
  };
  /// REQUIRES: what `surroundings` names, and `base`, outlive it.
  AssumeRoleSource(const Surroundings& surroundings, Source& base, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Result<aws::Credentials> play_from(const aws::AssumeRole& call, Freshness freshness);

  Surroundings surroundings_;
  Source& base_;
  Settings settings_;
  std::optional<MfaCodes> codes_;
};

/// `assume_role: ARN`, with `duration:` and `session_name:` beside it, or
///
///     assume_role:
///       arn: arn:aws:iam::111122223333:role/app
///       session_name: me                 # understudy-<role key>
///       external_id: x
///       duration: 1h
///       tags: {team: a}
///       transitive_tags: [team]
///       policy: '{"Version": ..}'        # or policy_file: PATH
///       policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
///       source_identity: alice
///       mfa: {serial: arn:aws:iam::111122223333:mfa/alice, command: "ykman oath accounts code -s aws"}
///       provided_contexts: [{provider_arn: .., assertion: ..}]
///
/// `source:` is required.
[[nodiscard]] Kind assume_role_kind();

}  // namespace understudy::source
