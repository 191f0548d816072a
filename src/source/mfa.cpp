#include "understudy/source/mfa.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/totp.hpp"

namespace understudy::source {
namespace {

Error unavailable(std::string_view code, std::string message) {
  return {Error::Kind::kUnavailable, std::string(code), std::move(message)};
}

}  // namespace

MfaSettings read_mfa(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  MfaSettings out;
  out.serial = fields.required_text("serial");
  out.token = fields.text("token").value_or("");
  out.command = fields.text("command").value_or("");
  out.seed_file = fields.text("seed_file").value_or("");
  fields.finish();
  if (!out.token.empty() && !is_mfa_code(out.token)) {
    fields.problem("token", "expected the six digits of a code, in quotes");
  }
  const auto ways = {!out.token.empty(), !out.command.empty(), !out.seed_file.empty()};
  if (std::ranges::count(ways, true) > 1) {
    fields.problem("", "expected one of token, command and seed_file");
  }
  return out;
}

MfaCodes::MfaCodes(const Surroundings& surroundings, MfaSettings settings, std::string what)
    : surroundings_(surroundings), settings_(std::move(settings)), what_(std::move(what)) {
  if (settings_.command.empty() && settings_.seed_file.empty()) {
    surroundings_.mfa.expect(surroundings_.role, settings_.serial);
  }
}

Result<std::string> MfaCodes::next() {
  const std::scoped_lock lock(mutex_);
  auto code = current();
  if (code && !surroundings_.mfa.spend(settings_.serial, *code)) {
    return unavailable("MfaCodeSpent",
                       fmt::format("{}: the MFA code of this half minute is used up; the next one is awaited", what_));
  }
  return code;
}

Result<std::string> MfaCodes::current() {
  if (!settings_.command.empty()) {
    return from_command();
  }
  if (!settings_.seed_file.empty()) {
    return from_seed();
  }
  if (!settings_.token.empty() && !std::exchange(token_is_used_, true)) {
    return settings_.token;
  }
  return from_desk();
}

Result<std::string> MfaCodes::from_desk() {
  if (auto code = surroundings_.mfa.take(surroundings_.role, settings_.serial)) {
    return *std::move(code);
  }
  return Error{Error::Kind::kActionNeeded, "MfaRequired",
               fmt::format("{} needs a{} code of the MFA device {}: run understudy mfa {} CODE, or set mfa.command or "
                           "mfa.seed_file in the configuration",
                           what_, token_is_used_ ? " new" : "", settings_.serial, surroundings_.role)};
}

Result<std::string> MfaCodes::from_command() {
  const auto printed = surroundings_.commands.run({settings_.command, fmt::format("the mfa.command of {}", what_)});
  if (!printed) {
    return printed.error();
  }
  const auto code = trim(printed->reveal());
  if (!is_mfa_code(code)) {
    return unavailable("BadMfaCode", fmt::format("the mfa.command of {} printed no code of six digits", what_));
  }
  return std::string(code);
}

Result<std::string> MfaCodes::from_seed() {
  auto text = read_file(settings_.seed_file, 4096);
  if (!text) {
    return text.error();
  }
  const Secret seed(unbase32(*text).value_or(""));
  wipe(*text);
  if (seed.empty()) {
    return Error{Error::Kind::kInvalid, "BadMfaSeed",
                 fmt::format("{} holds no base32 seed, such as AWS shows when a virtual MFA device is made",
                             settings_.seed_file)};
  }
  return totp_code(seed.reveal(), totp_step(surroundings_.clock.wall()));
}

}  // namespace understudy::source
