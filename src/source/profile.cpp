#include "understudy/source/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "understudy/source/assume_role.hpp"
#include "understudy/source/container_endpoint.hpp"
#include "understudy/source/environment_keys.hpp"
#include "understudy/source/instance_endpoint.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/mfa.hpp"
#include "understudy/source/shared_files.hpp"

namespace understudy::source {
namespace {

Result<ProfilePlan> read_plan(const Environment& environment, std::string_view profile, std::string_view session_name) {
  const auto config = read_shared_config(environment);
  if (!config) {
    return config.error();
  }
  return plan_profile(*config, profile, session_name);
}

class ProfileBlueprint final : public Blueprint {
 public:
  ProfileBlueprint(const Node& entry, std::string session_name)
      : profile_(entry.scalar), path_(entry.path), line_(entry.line), session_name_(std::move(session_name)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<ProfileSource>(surroundings, profile_, session_name_);
  }
  [[nodiscard]] std::string describe() const override { return "profile " + profile_; }
  [[nodiscard]] std::string profile() const override { return profile_; }
  [[nodiscard]] std::optional<LogIn> log_in() const override { return LogIn{.profile = profile_}; }

  void look_ahead(const Environment& environment, std::vector<Problem>& problems) const override {
    const auto plan = read_plan(environment, profile_, session_name_);
    if (!plan) {
      problems.push_back({path_, line_, fmt::format("{}: {}", plan.error().code, plan.error().message)});
    }
  }

 private:
  std::string profile_;
  std::string path_;
  int line_;
  std::string session_name_;
};

std::unique_ptr<Blueprint> read_profile(const RoleEntry& entry, std::vector<Problem>& problems) {
  if (entry.value.kind != Node::Kind::kScalar || entry.value.scalar.empty()) {
    problems.push_back({entry.value.path, entry.value.line, "expected a profile's name, such as profile: dev"});
    return nullptr;
  }
  return std::make_unique<ProfileBlueprint>(entry.value, default_session_name(entry.key));
}

/// A profile names its device, not where the codes come from.
Result<aws::AssumeRole> with_code(const Surroundings& surroundings, const ProfilePlan::Step& step) {
  auto call = step.call;
  if (call.serial_number.empty()) {
    return call;
  }
  MfaCodes codes(surroundings, {call.serial_number, "", "", ""}, "profile " + step.profile);
  auto code = codes.next();
  if (!code) {
    return code.error();
  }
  call.token_code = *std::move(code);
  return call;
}

bool needs_code(const ProfilePlan& way) {
  return std::ranges::any_of(way.steps, [](const auto& step) { return !step.call.serial_number.empty(); });
}

}  // namespace

ProfileSource::ProfileSource(Surroundings surroundings, std::string profile, std::string session_name)
    : surroundings_(std::move(surroundings)), profile_(std::move(profile)), session_name_(std::move(session_name)) {}

Result<aws::Credentials> ProfileSource::get(Freshness freshness) {
  const auto way = plan();
  if (!way) {
    return way.error();
  }
  auto played = play(*way, freshness);
  const bool start_may_have_ended =
      !played && played.error().kind == Error::Kind::kExpired && freshness == Freshness::kCached;
  return start_may_have_ended && !needs_code(*way) ? play(*way, Freshness::kFresh) : played;
}

Result<aws::Credentials> ProfileSource::play(const ProfilePlan& way, Freshness freshness) {
  while (const auto kept = kept_of(way)) {
    auto played = play_on(way, kept->steps.size(), kept->session);
    if (played || played.error().kind != Error::Kind::kExpired) {
      return played;
    }
    drop(*kept);
  }
  auto credentials = start(way, freshness);
  return credentials ? play_on(way, 0, *std::move(credentials)) : credentials;
}

Result<aws::Credentials> ProfileSource::play_on(const ProfilePlan& way, std::size_t done, aws::Credentials base) {
  for (; done < way.steps.size(); ++done) {
    auto call = with_code(surroundings_, way.steps[done]);
    if (!call) {
      return call.error();
    }
    auto session = play_role(surroundings_, *std::move(call), base, &way.sts);
    if (!session) {
      return session;
    }
    base = *std::move(session);
    keep(way, done + 1, base);
  }
  return base;
}

std::optional<ProfileSource::Kept> ProfileSource::kept_of(const ProfilePlan& way) {
  const std::scoped_lock lock(mutex_);
  const auto now = surroundings_.clock.boot();
  std::erase_if(kept_, [&](const Kept& kept) { return now >= kept.ends; });
  const Kept* farthest = nullptr;
  for (const auto& kept : kept_) {
    const bool leads_there = kept.sts == way.sts && kept.start == way.start && kept.steps.size() < way.steps.size() &&
                             std::ranges::equal(kept.steps, std::span(way.steps).first(kept.steps.size()));
    if (leads_there && (farthest == nullptr || farthest->steps.size() < kept.steps.size())) {
      farthest = &kept;
    }
  }
  return farthest != nullptr ? std::optional(*farthest) : std::nullopt;
}

/// The last session is the caller's to keep: who asks again wants another.
void ProfileSource::keep(const ProfilePlan& way, std::size_t done, const aws::Credentials& session) {
  if (done == way.steps.size() || way.steps[done - 1].call.serial_number.empty() || !session.expiration) {
    return;
  }
  const auto end_of_way = way.steps.begin() + static_cast<std::ptrdiff_t>(done);
  const std::scoped_lock lock(mutex_);
  kept_.push_back({way.sts,
                   way.start,
                   {way.steps.begin(), end_of_way},
                   session,
                   surroundings_.clock.boot() + (*session.expiration - session.obtained)});
}

void ProfileSource::drop(const Kept& ended) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(kept_, [&](const Kept& kept) { return kept.session.access_key_id == ended.session.access_key_id; });
}

std::vector<aws::Credentials> ProfileSource::own_keys() {
  const auto way = plan();
  const bool has_own = way && (std::holds_alternative<ProfilePlan::Keys>(way->start) ||
                               std::holds_alternative<ProfilePlan::FromEnvironment>(way->start));
  auto keys = has_own ? start(*way, Freshness::kCached) : Result<aws::Credentials>(Error{});
  return keys ? std::vector{*std::move(keys)} : std::vector<aws::Credentials>{};
}

Result<ProfilePlan> ProfileSource::plan() const {
  return read_plan(surroundings_.environment, profile_, session_name_);
}

std::unique_ptr<Source> ProfileSource::source_of(const ProfilePlan& plan) const {
  const auto& start = plan.start;
  if (const auto* web_identity = std::get_if<WebIdentitySource::Settings>(&start)) {
    auto settings = *web_identity;
    settings.played = plan.sts;
    return std::make_unique<WebIdentitySource>(surroundings_, std::move(settings));
  }
  auto surroundings = surroundings_;
  go_by_profile(surroundings, plan.sts);
  if (const auto* sso = std::get_if<SsoSource::Settings>(&start)) {
    return std::make_unique<SsoSource>(surroundings, *sso);
  }
  if (const auto* login = std::get_if<LoginSessionSource::Settings>(&start)) {
    return std::make_unique<LoginSessionSource>(surroundings, *login);
  }
  if (const auto* process = std::get_if<ProcessSource::Settings>(&start)) {
    return std::make_unique<ProcessSource>(surroundings_, *process);
  }
  if (std::holds_alternative<ProfilePlan::FromContainer>(start)) {
    return container_of_environment(surroundings_);
  }
  return std::holds_alternative<ProfilePlan::FromInstance>(start) ? instance_of_environment(surroundings_) : nullptr;
}

Result<aws::Credentials> ProfileSource::start(const ProfilePlan& plan, Freshness freshness) const {
  const auto now = surroundings_.clock.wall();
  if (const auto source = source_of(plan)) {
    return source->get(freshness);
  }
  if (const auto* found = std::get_if<ProfilePlan::Keys>(&plan.start)) {
    auto keys = found->keys;
    keys.obtained = now;
    return keys;
  }
  return keys_in(surroundings_.environment, now);
}

Kind profile_kind() { return {"profile", read_profile}; }

}  // namespace understudy::source
