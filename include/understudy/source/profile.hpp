#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "understudy/source/kind.hpp"
#include "understudy/source/profile_plan.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// A profile of the shared config files. The files are read anew at each `get`, so that what `aws configure` or another
/// tool writes counts from the next refresh on. Roles of a chain are played one after the other, each anew, but for the
/// sessions in its middle that took an MFA code: those are kept until they end, so that a code serves for more than one
/// refresh, and a chain can have two devices. Where STS says that what the chain starts from has ended, fresh ones are
/// asked for once; but not with an MFA code, which is sent once.
///
/// Errors: those of plan_profile, of reading the files, of the source where it starts and of STS;
/// kActionNeeded `MfaRequired` for a step with an MFA device. Thread-safe.
class ProfileSource final : public Source {
 public:
  /// REQUIRES: what `surroundings` names outlives it.
  ProfileSource(Surroundings surroundings, std::string profile, std::string session_name);

  Result<aws::Credentials> get(Freshness freshness) override;
  /// Those in the files, or in the environment, from which the profile starts.
  std::vector<aws::Credentials> own_keys() override;

 private:
  [[nodiscard]] Result<ProfilePlan> plan() const;
  /// A session that took an MFA code, and the way to it.
  struct Kept {
    aws::ProfileStsSettings sts;
    ProfilePlan::Start start;
    std::vector<ProfilePlan::Step> steps;
    aws::Credentials session;
    BootTime ends{};
  };

  [[nodiscard]] Result<aws::Credentials> play(const ProfilePlan& way, Freshness freshness);
  /// Along `way` from `base`, which is what its first `done` steps came to.
  [[nodiscard]] Result<aws::Credentials> play_on(const ProfilePlan& way, std::size_t done, aws::Credentials base);
  /// The farthest along `way` that has not ended.
  [[nodiscard]] std::optional<Kept> kept_of(const ProfilePlan& way);
  void keep(const ProfilePlan& way, std::size_t done, const aws::Credentials& session);
  void drop(const Kept& ended);
  [[nodiscard]] Result<aws::Credentials> start(const ProfilePlan& plan, Freshness freshness) const;
  /// nullptr for keys.
  [[nodiscard]] std::unique_ptr<Source> source_of(const ProfilePlan& plan) const;

  Surroundings surroundings_;
  std::string profile_;
  std::string session_name_;
  std::mutex mutex_;  ///< Guards what follows; never held over a call.
  std::vector<Kept> kept_;
};

/// `profile: dev`
[[nodiscard]] Kind profile_kind();

}  // namespace understudy::source
