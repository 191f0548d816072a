#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "understudy/aws/shared_config.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/result.hpp"
#include "understudy/source/login_session.hpp"
#include "understudy/source/process.hpp"
#include "understudy/source/sso.hpp"
#include "understudy/source/web_identity.hpp"

namespace understudy::source {

/// How a profile of the shared config files leads to credentials: where it starts, and the roles that are played from
/// there, one after the other.
struct ProfilePlan {
  /// Keys in the files; without `obtained`.
  struct Keys {
    aws::Credentials keys;
    bool operator==(const Keys&) const = default;
  };
  /// `credential_source = Environment`.
  struct FromEnvironment {
    bool operator==(const FromEnvironment&) const = default;
  };
  /// `credential_source = EcsContainer`, `= Ec2InstanceMetadata`.
  struct FromContainer {
    bool operator==(const FromContainer&) const = default;
  };
  struct FromInstance {
    bool operator==(const FromInstance&) const = default;
  };
  using Start = std::variant<Keys, FromEnvironment, FromContainer, FromInstance, WebIdentitySource::Settings,
                             SsoSource::Settings, LoginSessionSource::Settings, ProcessSource::Settings>;
  struct Step {
    std::string profile;
    aws::AssumeRole call;
    bool operator==(const Step&) const = default;
  };

  Start start;
  std::string start_profile;  ///< Which has the start: that asked for, or the last that `source_profile` leads to.
  std::vector<Step> steps;    ///< In the order in which they are played; the last one's credentials are the profile's.
  /// Where STS is asked, for every step: what the profile asked for says, as botocore has it, whose client settings are
  /// the session's.
  aws::ProfileStsSettings sts;
  bool operator==(const ProfilePlan&) const = default;
};

/// Resolves a profile by the SDKs' rules (AWS SDKs and Tools Reference Guide, "Assume role credentials", and the Rust
/// SDK's profile provider). `role_arn` means to play a role, from exactly one of `source_profile` and
/// `credential_source`. Keys beside it are ignored in the profile asked for, and win in the profiles that it leads to.
/// A profile may name itself as its source if it has keys. Other ways stand in the order web identity, SSO, login,
/// process, keys. A role without `role_session_name` gets `session_name`. Pure; thread-safe.
///
/// Errors, each with the place in the file where there is one: kNotFound, code `NoSuchProfile`; kInvalid with what to
/// change: `ProfileLoop`, `HalfAPair`, `NoKeys` (a profile without any way) and `BadProfile` (everything else). A
/// value that the plan takes has one line: one that goes on in an indented line is refused, and never quoted.
Result<ProfilePlan> plan_profile(const aws::SharedConfig& config, std::string_view profile,
                                 std::string_view session_name);

}  // namespace understudy::source
