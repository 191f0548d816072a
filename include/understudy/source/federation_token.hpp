#pragma once

#include <string>

#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"
#include "understudy/source/sts_fields.hpp"

namespace understudy::source {

/// The long-term keys of a base, for the calls that STS takes from no session. kInvalid (code `NotLongTerm`) where the
/// base's have a session token; `action` is for the message.
Result<aws::Credentials> long_term_keys(Source& base, std::string_view action);

/// GetFederationToken with the long-term keys of another source: a session of a name, narrowed by policies. Without any
/// policy the session may do nothing but GetCallerIdentity. Thread-safety and failure: as Source.
/// Source: STS API Reference, GetFederationToken.
class FederationTokenSource final : public Source {
 public:
  struct Settings {
    aws::GetFederationToken call;  ///< Without the policies.
    PolicySettings policies;
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names, and `base`, outlive it.
  FederationTokenSource(Surroundings surroundings, Source& base, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Surroundings surroundings_;
  Source& base_;
  Settings settings_;
};

///     federation_token:
///       name: guest                # 2 to 32 characters
///       duration: 12h              # 15m to 36h
///       policy_file: guest.json    # or policy, policy_arns
///       tags: {team: a}
///
/// `source:` is required.
[[nodiscard]] Kind federation_token_kind();

}  // namespace understudy::source
