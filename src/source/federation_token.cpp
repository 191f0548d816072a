#include "understudy/source/federation_token.hpp"

#include <fmt/format.h>

#include <utility>

namespace understudy::source {
namespace {

class FederationTokenBlueprint final : public Blueprint {
 public:
  explicit FederationTokenBlueprint(FederationTokenSource::Settings settings) : settings_(std::move(settings)) {}

  /// REQUIRES: base is there, as needs_base says.
  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source* base) const override {
    return std::make_unique<FederationTokenSource>(surroundings, *base, settings_);
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("a federated session named {}", settings_.call.name);
  }
  [[nodiscard]] NeedsBase needs_base() const override { return NeedsBase::kRequired; }

 private:
  FederationTokenSource::Settings settings_;
};

std::unique_ptr<Blueprint> read_federation_token(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  FederationTokenSource::Settings settings;
  settings.call.name = fields.required_text("name");
  settings.call.duration = read_duration(fields, std::chrono::minutes(15), std::chrono::hours(36));
  settings.call.tags = fields.pairs("tags");
  settings.policies = read_policies(fields);
  fields.finish();
  if (problems.size() == before) {
    auto call = settings.call;
    call.policies = settings.policies.policies;
    check_call(entry.value, call, problems);
  }
  return problems.size() == before ? std::make_unique<FederationTokenBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

Result<aws::Credentials> long_term_keys(Source& base, std::string_view action) {
  auto keys = base.get(Freshness::kCached);
  if (keys && keys->session_token) {
    return Error{Error::Kind::kInvalid, "NotLongTerm",
                 fmt::format("{} takes an IAM user's long-term keys and no session's: name a source that has them "
                             "(static, environment, or a profile with keys)",
                             action)};
  }
  return keys;
}

FederationTokenSource::FederationTokenSource(Surroundings surroundings, Source& base, Settings settings)
    : surroundings_(std::move(surroundings)), base_(base), settings_(std::move(settings)) {}

Result<aws::Credentials> FederationTokenSource::get(Freshness) {
  auto policies = current_policies(settings_.policies);
  if (!policies) {
    return policies.error();
  }
  const auto keys = long_term_keys(base_, "GetFederationToken");
  if (!keys) {
    return keys;
  }
  auto call = settings_.call;
  call.policies = *std::move(policies);
  return credentials_of(surroundings_.sts.call(call, &*keys, nullptr), "GetFederationToken", {});
}

Kind federation_token_kind() { return {"federation_token", read_federation_token}; }

}  // namespace understudy::source
