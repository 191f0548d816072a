#pragma once

#include <optional>
#include <string>

#include "understudy/source/kind.hpp"
#include "understudy/source/mfa.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// GetSessionToken with the long-term keys of another source: a session of the IAM user, with MFA where its policies
/// ask for that. A role that starts from it lasts 1 h at most. Thread-safety and failure: as Source, and those of
/// MfaCodes. Source: STS API Reference, GetSessionToken.
class SessionTokenSource final : public Source {
 public:
  struct Settings {
    std::optional<std::chrono::seconds> duration;
    std::optional<MfaSettings> mfa;
    bool pass_temporary = false;  ///< A base that has a session already: that one, as it is.
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names, and `base`, outlive it.
  SessionTokenSource(const Surroundings& surroundings, Source& base, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Surroundings surroundings_;
  Source& base_;
  Settings settings_;
  std::optional<MfaCodes> codes_;
};

///     session_token:
///       duration: 12h              # 15m to 36h
///       mfa: {serial: arn:aws:iam::111122223333:mfa/me, command: ".."}
///       pass_temporary: false      # true: temporary keys of the source are given as they are
///
/// `source:` is required.
[[nodiscard]] Kind session_token_kind();

}  // namespace understudy::source
