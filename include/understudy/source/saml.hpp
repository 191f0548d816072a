#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"
#include "understudy/source/sts_fields.hpp"
#include "understudy/source/token_place.hpp"

namespace understudy::source {

/// AssumeRoleWithSAML with an assertion from a file or a command, read or run anew at each call. It may be base64, as
/// an identity provider posts it, or the XML itself. An assertion is good for minutes: one from a file that has ended
/// is kActionNeeded (code `ExpiredToken`), for a person has to log in again. Thread-safety and failure else: as Source.
/// Source: STS API Reference, AssumeRoleWithSAML.
class SamlSource final : public Source {
 public:
  struct Settings {
    aws::AssumeRoleWithSaml call;  ///< Without assertion and policies.
    TokenPlace assertion;          ///< The file `-` is standard input, which is read once.
    PolicySettings policies;
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  SamlSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Result<Secret> assertion();
  Result<Secret> from_standard_input();

  Surroundings surroundings_;
  Settings settings_;
  std::mutex mutex_;
  std::optional<Secret> read_once_;  ///< Of standard input.
};

///     saml:
///       role_arn: arn:aws:iam::111122223333:role/corp
///       principal_arn: arn:aws:iam::111122223333:saml-provider/idp
///       assertion_command: "idp-login --quiet"    # or assertion_file: PATH, - for standard input
///       duration: 1h                              # 15m to 12h
///
/// and policies as in assume_role.
[[nodiscard]] Kind saml_kind();

}  // namespace understudy::source
