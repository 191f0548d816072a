#include "understudy/source/saml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "understudy/base/crypto.hpp"

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
                       settings_.assertion.file.empty()             ? "a command"
                       : settings_.assertion.file == kStandardInput ? "standard input"
                                                                    : settings_.assertion.file);
  }

 private:
  SamlSource::Settings settings_;
};

/// As STS wants it; the XML itself, as tools print it too, is encoded.
Secret encoded(const Secret& assertion) {
  const auto text = assertion.reveal();
  if (text.starts_with('<')) {
    return Secret(base64(text));
  }
  // Tools break base64 into lines.
  std::string one_line;
  std::ranges::copy_if(text, std::back_inserter(one_line), [](char c) { return c != '\n' && c != '\r' && c != ' '; });
  return Secret(std::move(one_line));
}

std::unique_ptr<Blueprint> read_saml(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  SamlSource::Settings settings;
  settings.call.role_arn = fields.required_text("role_arn");
  check_role_arn(fields, "role_arn", settings.call.role_arn);
  settings.call.principal_arn = fields.required_text("principal_arn");
  settings.assertion = read_token_place(entry.value, fields, "assertion");
  settings.call.duration = read_duration(fields, std::chrono::minutes(15), std::chrono::hours(12));
  settings.policies = read_policies(fields);
  fields.finish();
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
  return settings_.assertion.file == kStandardInput
             ? from_standard_input()
             : token_at(settings_.assertion, surroundings_.commands, "SAML assertion", settings_.call.role_arn);
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

Kind saml_kind() { return {"saml", read_saml}; }

}  // namespace understudy::source
