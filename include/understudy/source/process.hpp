#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// credential_process: a command that prints credentials as JSON, version 1, run by `sh -c` at each call. Its output is
/// never logged. Errors: CommandRunner's; kUnavailable (code `BadProcessOutput`) for anything but such a document.
/// Thread-safe. Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
class ProcessSource final : public Source {
 public:
  struct Settings {
    std::string command;  ///< For `sh -c`.
    std::string what;     ///< For messages: `the credential_process of profile dev`.
    std::chrono::milliseconds timeout = std::chrono::minutes(1);
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  ProcessSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  Surroundings surroundings_;
  Settings settings_;
};

/// Reads `{"Version": 1, "AccessKeyId": .., "SecretAccessKey": .., "SessionToken"?: .., "Expiration"?: RFC 3339,
/// "AccountId"?: ..}`. kUnavailable (code `BadProcessOutput`) for anything else; the message quotes nothing of it.
Result<aws::Credentials> parse_process_document(std::string_view text, std::string_view what);

/// `process: "vault-helper --json"`, or `process: {command: "vault-helper --json", timeout: 30s}`
[[nodiscard]] Kind process_kind();

}  // namespace understudy::source
