#include "understudy/source/saml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::source {
namespace {

constexpr std::string_view kStandardInput = "-";

class SamlBlueprint final : public Blueprint {
 public:
  explicit SamlBlueprint(SamlSource::Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<SamlSource>(surroundings, settings_);
  }
  [[nodiscard]] std::string role_arn() const override { return settings_.call.role_arn; }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("assume role {} with a SAML assertion from {}", settings_.call.role_arn,
                       settings_.file.empty()             ? "a command"
                       : settings_.file == kStandardInput ? "standard input"
                                                          : settings_.file);
  }

 private:
  SamlSource::Settings settings_;
};

/// As STS wants it; the XML itself, as tools print it too, is encoded.
Secret encoded(const Secret& assertion) {
  const auto text = trim(assertion.reveal());
  if (text.starts_with('<')) {
    return Secret(base64(text));
  }
  // Tools break base64 into lines.
  std::string one_line;
  std::ranges::copy_if(text, std::back_inserter(one_line), [](char c) { return c != '\n' && c != '\r' && c != ' '; });
  return Secret(std::move(one_line));
}

std::unique_ptr<Blueprint> read(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  SamlSource::Settings settings;
  settings.call.role_arn = fields.required_text("role_arn");
  check_role_arn(fields, "role_arn", settings.call.role_arn);
  settings.call.principal_arn = fields.required_text("principal_arn");
  settings.file = fields.text("assertion_file").value_or("");
  settings.command = fields.text("assertion_command").value_or("");
  settings.call.duration = read_duration(fields, std::chrono::minutes(15), std::chrono::hours(12));
  settings.policies = read_policies(fields);
  fields.finish();
  if (settings.file.empty() == settings.command.empty()) {
    fields.problem("", "expected assertion_file or assertion_command, one of the two");
  }
  if (problems.size() == before) {
    auto call = settings.call;
    call.policies = settings.policies.policies;
    call.saml_assertion = Secret("an assertion");
    check_call(entry.value, call, problems);
  }
  return problems.size() == before ? std::make_unique<SamlBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

SamlSource::SamlSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> SamlSource::get(Freshness) {
  auto policies = current_policies(settings_.policies);
  if (!policies) {
    return policies.error();
  }
  auto found = assertion();
  if (!found) {
    return found.error();
  }
  auto call = settings_.call;
  call.policies = *std::move(policies);
  call.saml_assertion = encoded(*found);
  auto answer = surroundings_.sts.call(call, nullptr, nullptr);
  if (!answer && answer.error().kind == Error::Kind::kExpired) {
    return Error{Error::Kind::kActionNeeded, answer.error().code,
                 fmt::format("the SAML assertion has ended ({}); log in at the identity provider again",
                             answer.error().message)};
  }
  return credentials_of(answer, "AssumeRoleWithSAML", settings_.call.role_arn);
}

Result<Secret> SamlSource::assertion() {
  if (settings_.file == kStandardInput) {
    return from_standard_input();
  }
  if (!settings_.file.empty()) {
    return read_token_file(settings_.file, "SAML assertion");
  }
  auto printed = surroundings_.commands.run(
      {settings_.command, fmt::format("the assertion_command of {}", settings_.call.role_arn)});
  if (printed && trim(printed->reveal()).empty()) {
    return Error{Error::Kind::kUnavailable, "EmptyAssertion", "the assertion_command printed nothing"};
  }
  return printed;
}

/// It can be read once; attempts that fail for another reason want it again.
Result<Secret> SamlSource::from_standard_input() {
  const std::scoped_lock lock(mutex_);
  if (!read_once_) {
    auto text = read_token_file("/dev/stdin", "SAML assertion");
    if (!text) {
      return text;
    }
    read_once_ = *std::move(text);
  }
  return *read_once_;
}

Kind saml_kind() { return {"saml", read}; }

}  // namespace understudy::source
