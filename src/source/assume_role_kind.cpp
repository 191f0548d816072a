#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/sts_limits.hpp"
#include "understudy/source/assume_role.hpp"

namespace understudy::source {
namespace {

class AssumeRoleBlueprint final : public Blueprint {
 public:
  explicit AssumeRoleBlueprint(AssumeRoleSource::Settings settings) : settings_(std::move(settings)) {}

  /// REQUIRES: base is there, as needs_base says.
  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source* base) const override {
    return std::make_unique<AssumeRoleSource>(surroundings, *base, settings_);
  }
  [[nodiscard]] std::string role_arn() const override { return settings_.call.role_arn; }
  [[nodiscard]] std::string describe() const override { return "assume role " + settings_.call.role_arn; }
  [[nodiscard]] NeedsBase needs_base() const override { return NeedsBase::kRequired; }

 private:
  AssumeRoleSource::Settings settings_;
};

void read_contexts(const Node* node, aws::AssumeRole& call, std::vector<Problem>& problems) {
  if (node == nullptr) {
    return;
  }
  if (node->kind != Node::Kind::kList) {
    problems.push_back({node->path, node->line, "expected a list of {provider_arn: .., assertion: ..}"});
    return;
  }
  for (const auto& item : node->items) {
    Fields context(item, problems);
    call.provided_contexts.push_back({context.required_text("provider_arn"), context.required_text("assertion")});
    context.finish();
  }
}

AssumeRoleSource::Settings read_long_form(const Node& value, std::vector<Problem>& problems) {
  AssumeRoleSource::Settings out;
  Fields fields(value, problems);
  out.call.role_arn = fields.required_text("arn");
  out.call.role_session_name = fields.text("session_name").value_or("");
  out.call.duration = fields.duration("duration");
  out.call.external_id = fields.text("external_id").value_or("");
  out.call.tags = fields.pairs("tags");
  out.call.transitive_tag_keys = fields.texts("transitive_tags");
  out.policies = read_policies(fields);
  out.call.source_identity = fields.text("source_identity").value_or("");
  if (const auto* mfa = fields.node("mfa")) {
    out.mfa = read_mfa(*mfa, problems);
  }
  read_contexts(fields.node("provided_contexts"), out.call, problems);
  fields.finish();
  return out;
}

AssumeRoleSource::Settings read_short_form(const RoleEntry& entry) {
  AssumeRoleSource::Settings out;
  out.call.role_arn = entry.value.scalar;
  out.call.duration = entry.fields.duration("duration");
  out.call.role_session_name = entry.fields.text("session_name").value_or("");
  return out;
}

/// A complaint about a member of the long form, or about what stands for it in the short form and beside it.
void complain(const RoleEntry& entry, std::string_view key, std::string message, std::vector<Problem>& problems) {
  const bool is_short = entry.value.kind == Node::Kind::kScalar;
  if (is_short && key != "arn" && !key.empty()) {
    entry.fields.problem(key, std::move(message));
    return;
  }
  const auto* found = entry.value.find(key);
  const auto& place = found != nullptr ? *found : entry.value;
  problems.push_back({place.path, place.line, std::move(message)});
}

void check(const RoleEntry& entry, const AssumeRoleSource::Settings& settings, std::vector<Problem>& problems) {
  auto call = settings.call;
  call.policies = settings.policies.policies;
  call.serial_number = settings.mfa ? settings.mfa->serial : "";
  constexpr std::chrono::seconds kShortest = std::chrono::minutes(15);
  constexpr std::chrono::seconds kLongest = std::chrono::hours(12);
  if (const auto arn = aws::parse_role_arn(call.role_arn); !arn) {
    complain(entry, "arn", arn.error().message, problems);
  } else if (call.duration && (*call.duration < kShortest || *call.duration > kLongest)) {
    complain(entry, "duration", "expected a duration from 15m to 12h", problems);
  } else if (const auto checked = aws::check(call); !checked) {
    complain(entry, "", "STS would refuse this: " + checked.error().message, problems);
  }
}

std::unique_ptr<Blueprint> read_assume_role(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  auto settings =
      entry.value.kind == Node::Kind::kScalar ? read_short_form(entry) : read_long_form(entry.value, problems);
  if (settings.call.role_session_name.empty()) {
    settings.call.role_session_name = default_session_name(entry.key);
  }
  if (problems.size() == before) {
    check(entry, settings, problems);
  }
  return problems.size() == before ? std::make_unique<AssumeRoleBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

Kind assume_role_kind() { return {"assume_role", read_assume_role}; }

}  // namespace understudy::source
