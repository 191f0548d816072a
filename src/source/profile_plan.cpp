#include "understudy/source/profile_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "profile_start.hpp"
#include "understudy/base/text.hpp"

namespace understudy::source {
namespace {

using aws::ConfigGroup;
using Start = ProfilePlan::Start;

Result<ProfilePlan::Step> step_of(const ConfigGroup& profile, std::string_view session_name) {
  ProfilePlan::Step step{profile.name, {}};
  step.call.role_arn = text_of(profile, "role_arn");
  step.call.role_session_name = text_of(profile, "role_session_name", session_name);
  step.call.external_id = text_of(profile, "external_id");
  step.call.serial_number = text_of(profile, "mfa_serial");
  const auto duration = duration_of(profile);
  if (!duration) {
    return duration.error();
  }
  step.call.duration = *duration;
  return step;
}

bool plays_role(const ConfigGroup& profile) {
  return profile.get("role_arn") && !profile.get("web_identity_token_file");
}

/// Follows the chain from the profile asked for; collects its steps from the last to the first.
class Walk {
 public:
  Walk(const aws::SharedConfig& config, std::string_view session_name) : config_(config), session_name_(session_name) {}

  Result<Start> from(std::string_view name) {
    const auto* profile = config_.profile(name);
    if (profile == nullptr) {
      return missing(name);
    }
    if (std::ranges::find(visited_, name) != visited_.end()) {
      return invalid("ProfileLoop", fmt::format("{}the source_profile chain {} -> {} comes back to where it was",
                                                asked_at(), fmt::join(visited_, " -> "), name));
    }
    visited_.push_back(profile->name);
    if (const auto lines = check_lines(*profile); !lines) {
      return lines.error();
    }
    if (visited_.size() > 1 && has_keys(*profile)) {
      return start_with_keys(*profile);
    }
    return plays_role(*profile) ? role(*profile) : start_at(config_, *profile, session_name_);
  }

  [[nodiscard]] std::string_view last() const { return visited_.back(); }

  std::vector<ProfilePlan::Step> take_steps() {
    std::ranges::reverse(steps_);
    return std::move(steps_);
  }

 private:
  Result<Start> role(const ConfigGroup& profile) {
    auto step = step_of(profile, session_name_);
    if (!step) {
      return step.error();
    }
    steps_.push_back(*std::move(step));
    const auto source_profile = profile.get("source_profile");
    const auto credential_source = profile.get("credential_source");
    if (source_profile.has_value() == credential_source.has_value()) {
      return bad_profile(profile, "role_arn",
                         source_profile ? "has source_profile and credential_source: leave one of them out"
                                        : "has role_arn and needs source_profile or credential_source beside it");
    }
    if (credential_source) {
      return named_start(profile, *credential_source);
    }
    return *source_profile == profile.name ? start_at(config_, profile, session_name_) : from(*source_profile);
  }

  /// `~/.aws/config:3: ` of the source_profile that is being followed; empty at first.
  [[nodiscard]] std::string asked_at() const {
    return visited_.empty() ? std::string() : config_.profile(last())->place_of("source_profile") + ": ";
  }

  [[nodiscard]] Error missing(std::string_view name) const {
    const auto asked_by =
        visited_.empty() ? std::string() : fmt::format(", which profile {} names as its source", last());
    std::vector<std::string> known;
    for (const auto& [key, group] : config_.profiles()) {
      known.push_back(key);
    }
    const auto near = nearest(name, known);
    const auto guess = near ? fmt::format("; did you mean {}?", *near) : std::string();
    // Else the file has been named by its line.
    const auto there = visited_.empty() ? (near ? " " : "; ") + what_there_is() : std::string();
    return {
        Error::Kind::kNotFound, "NoSuchProfile",
        fmt::format("{}the shared config files have no profile {}{}{}{}", asked_at(), name, asked_by, guess, there)};
  }

  /// What there is, in which files.
  [[nodiscard]] std::string what_there_is() const {
    std::set<std::string_view> files;
    for (const auto& [name, group] : config_.profiles()) {
      files.insert(group.file);
      for (const auto& [key, property] : group.properties) {
        files.insert(property.file);
      }
    }
    return files.empty() ? "there are no profiles in them: understudy profiles says which files they are"
                         : fmt::format("understudy profiles shows those of {}", fmt::join(files, " and "));
  }

  const aws::SharedConfig& config_;
  std::string_view session_name_;
  std::vector<std::string_view> visited_;
  std::vector<ProfilePlan::Step> steps_;
};

}  // namespace

Result<ProfilePlan> plan_profile(const aws::SharedConfig& config, std::string_view profile,
                                 std::string_view session_name) {
  Walk walk(config, session_name);
  auto start = walk.from(profile);
  if (!start) {
    return start.error();
  }
  return ProfilePlan{*std::move(start), std::string(walk.last()), walk.take_steps(),
                     aws::sts_settings_of(config, *config.profile(profile))};
}

}  // namespace understudy::source
