#include <fmt/format.h>

#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/aws/sts_limits.hpp"
#include "understudy/source/roles_anywhere.hpp"

namespace understudy::source {
namespace {

using Settings = RolesAnywhereSource::Settings;

class RolesAnywhereBlueprint final : public Blueprint {
 public:
  explicit RolesAnywhereBlueprint(Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<RolesAnywhereSource>(surroundings, settings_);
  }
  [[nodiscard]] std::string role_arn() const override { return settings_.role_arn; }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("role {} by the certificate {}", settings_.role_arn, settings_.certificate);
  }

 private:
  Settings settings_;
};

/// nullopt, with a problem, where it is not the ARN of such a resource.
std::optional<aws::Arn> resource_arn(Fields& fields, std::string_view key, std::string_view text,
                                     std::string_view resource) {
  auto arn = aws::parse_arn(text);
  const bool fits = arn && arn->service == "rolesanywhere" && aws::check_region(arn->region, "Roles Anywhere") &&
                    arn->resource.starts_with(resource) && arn->resource.size() > resource.size();
  if (!fits) {
    fields.problem(key,
                   fmt::format("expected something like arn:aws:rolesanywhere:us-east-1:111122223333:{}ID", resource));
    return std::nullopt;
  }
  return *std::move(arn);
}

/// What its members mean, once all are there.
void check(Fields& fields, Settings& settings) {
  constexpr std::string_view kPlaceholder = "me";
  const auto anchor = resource_arn(fields, "trust_anchor_arn", settings.trust_anchor_arn, "trust-anchor/");
  const auto profile = resource_arn(fields, "profile_arn", settings.profile_arn, "profile/");
  if (anchor && profile && anchor->region != profile->region) {
    fields.problem("profile_arn", fmt::format("expected a profile in the trust anchor's region {}, found one in {}",
                                              anchor->region, profile->region));
  }
  if (settings.region.empty() && anchor) {
    settings.region = anchor->region;
  }
  if (auto checked = aws::check_region(settings.region, "Roles Anywhere"); anchor && !checked) {
    fields.problem("region", checked.error().message);
  }
  // The limits of duration and name are those of AssumeRole, by which the service gets its credentials.
  aws::AssumeRole call;
  call.role_arn = settings.role_arn;
  call.role_session_name = settings.session_name.empty() ? kPlaceholder : settings.session_name;
  call.duration = settings.duration;
  if (const auto arn = aws::parse_role_arn(call.role_arn); !arn) {
    fields.problem("role_arn", arn.error().message);
  } else if (const auto checked = aws::check(call); !checked) {
    fields.problem("", "Roles Anywhere would refuse this: " + checked.error().message);
  }
}

std::unique_ptr<Blueprint> read_roles_anywhere(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  Settings settings;
  settings.trust_anchor_arn = fields.required_text("trust_anchor_arn");
  settings.profile_arn = fields.required_text("profile_arn");
  settings.role_arn = fields.required_text("role_arn");
  settings.certificate = fields.required_text("certificate");
  settings.private_key = fields.required_text("private_key");
  settings.chain = fields.text("chain").value_or("");
  settings.duration = fields.duration("duration");
  settings.session_name = fields.text("session_name").value_or("");
  settings.region = fields.text("region").value_or("");
  fields.finish();
  if (problems.size() == before) {
    check(fields, settings);
  }
  return problems.size() == before ? std::make_unique<RolesAnywhereBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

Kind roles_anywhere_kind() { return {"roles_anywhere", read_roles_anywhere}; }

}  // namespace understudy::source
