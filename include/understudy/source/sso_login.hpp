#pragma once

#include <functional>
#include <optional>

#include "understudy/aws/sso_device.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"
#include "understudy/source/kind.hpp"

/// Logging in to IAM Identity Center for a person who has a browser, here or elsewhere: the device authorization flow
/// (RFC 8628; the AWS CLI's `aws sso login --use-device-code`).
namespace understudy::source {

/// A log-in that stands in the cache.
struct SsoLogIn {
  WallTime until{};
  bool renews = false;  ///< Whoever uses it renews it, until Identity Center ends the session.
};

/// The one that is there already and that everybody still uses as it is: with more than 15 minutes left. Reads the
/// cache; what can not be read there is none.
[[nodiscard]] std::optional<SsoLogIn> standing_log_in(const Surroundings& surroundings, const aws::SsoPlace& place);

/// Tells the person what to do: where to go, and which code to find there. Called once.
using TellPerson = std::function<void(const aws::SsoDevice&)>;

/// Logs in anew, whatever stands in the cache, and leaves there what the AWS CLI would: the client's registration,
/// which is taken from there as long as it is good for more than 15 minutes and Identity Center knows it, and the
/// token; each at once and with mode 0600. So the AWS CLI, the SDKs and SsoSource find the log-in, and a program that
/// runs takes it up by itself.
///
/// Blocks until the person has confirmed, has refused, or the code has ended (10 minutes as a rule). Between questions
/// it waits by `surroundings.retry.pause`: the interval that was asked for, 5 s more from each `slow_down` on (RFC
/// 8628, section 3.5) and from each failure of the network on.
///
/// Errors: kActionNeeded `DeviceCodeExpired` (nobody confirmed in time); kDenied `AccessDenied` (somebody refused);
/// kUnavailable `Interrupted` (the pause was cut short) and `BadAnswer`; kInvalid or kDenied with the code of an answer
/// that refuses the client or the start URL; those of call_sso_oidc, make_directories and write_file_atomically.
/// Thread-safe.
Result<SsoLogIn> log_in(const Surroundings& surroundings, const aws::SsoPlace& place, const TellPerson& tell);

}  // namespace understudy::source
