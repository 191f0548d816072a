#pragma once

#include <memory>
#include <string>
#include <vector>

#include "understudy/source/kind.hpp"
#include "understudy/source/profile_plan.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// A profile of the shared config files. The files are read anew at each `get`, so that what `aws configure` or another
/// tool writes counts from the next refresh on. Roles of a chain are played one after the other, each anew. Where STS
/// says that what the chain starts from has ended, fresh ones are asked for once; but not with an MFA code, which is
/// sent once.
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
  [[nodiscard]] Result<aws::Credentials> play(const ProfilePlan& way, Freshness freshness) const;
  [[nodiscard]] Result<aws::Credentials> start(const ProfilePlan& plan, Freshness freshness) const;
  /// nullptr for keys.
  [[nodiscard]] std::unique_ptr<Source> source_of(const ProfilePlan::Start& start) const;

  Surroundings surroundings_;
  std::string profile_;
  std::string session_name_;
};

/// `profile: dev`
[[nodiscard]] Kind profile_kind();

}  // namespace understudy::source
