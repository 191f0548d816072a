#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::source {

/// An MFA device, and where its codes come from; with none of the three they come from MfaDesk.
struct MfaSettings {
  std::string serial;
  std::string token;      ///< One code, good for one call; then as without it.
  std::string command;    ///< Prints the code of the moment.
  std::string seed_file;  ///< The virtual device's seed, base32 as it was shown; read at each use.
  bool operator==(const MfaSettings&) const = default;
};

/// Reads `{serial: arn:aws:iam::111122223333:mfa/me, command: ".."}`, or `token` or `seed_file` in place of the
/// command.
[[nodiscard]] MfaSettings read_mfa(const Node& node, std::vector<Problem>& problems);

/// The codes of one device, none of them twice, whoever else uses the device. Thread-safe.
class MfaCodes {
 public:
  /// REQUIRES: what `surroundings` names outlives it.
  MfaCodes(const Surroundings& surroundings, MfaSettings settings, std::string what);

  [[nodiscard]] const std::string& serial() const { return settings_.serial; }

  /// Six digits that were never given before; whoever asks has to use them up. Blocks for the command.
  /// kActionNeeded `MfaRequired` where a person has to say one, and how; kUnavailable `MfaCodeSpent` where the next one
  /// comes with time (at most 30 s), `BadMfaCode` for a command that prints no code; CommandRunner's errors; kInvalid
  /// `BadMfaSeed` and read_file's errors.
  Result<std::string> next();

 private:
  [[nodiscard]] Result<std::string> current();
  [[nodiscard]] Result<std::string> from_desk();
  [[nodiscard]] Result<std::string> from_command();
  [[nodiscard]] Result<std::string> from_seed();

  const Surroundings surroundings_;
  const MfaSettings settings_;
  const std::string what_;  ///< For messages: `role arn:aws:iam::111122223333:role/app`.
  std::mutex mutex_;
  bool token_is_used_ = false;
};

}  // namespace understudy::source
