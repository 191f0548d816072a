#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/counter.hpp"
#include "understudy/base/log.hpp"

namespace understudy::service {

/// A rule by which a request may be refused.
enum class Rule {
  kHost,           ///< The name it was sent to may be somebody else's (DNS rebinding).
  kOrigin,         ///< A script in a browser sent it.
  kFetchSite,      ///< A page of another site made a browser send it.
  kForwarded,      ///< A proxy sent it on.
  kTokenRequired,  ///< No token where one is required.
  kTokenInvalid,   ///< A token that is not good (any more).
  kAuthorization,  ///< No Authorization, or the wrong one.
  kAssociation,    ///< A service account that no association of Pod Identity names.
  kCaller,         ///< A caller that nobody is known to be, or that has no role.
  kNewRole,        ///< Too many roles on demand that nobody had asked for before.
  kRate,           ///< Too many of a caller for one path.
};
inline constexpr std::size_t kRuleCount = 11;

/// Tells the operator of refusals: each rule at most once a minute, with the number of those in between, so that a
/// client that asks in a loop can not fill the log. Thread-safe.
class RefusalLog {
 public:
  /// `endpoint` names the lines: `imds`. REQUIRES: the others outlive this.
  RefusalLog(std::string endpoint, const Clock& clock, Log& log)
      : endpoint_(std::move(endpoint)), clock_(clock), log_(log) {}

  /// Writes `imds: refused a request from 10.0.0.1: <reason>` as a warning when it is due. `reason` is called only
  /// then; it says which rule and how to change it, with text from outside escaped.
  void note(Rule rule, std::string_view from, const std::function<std::string()>& reason);

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  /// How many were noted, whether or not a line says so.
  [[nodiscard]] std::uint64_t count(Rule rule) const { return counts_.at(static_cast<std::size_t>(rule)).all.value(); }

 private:
  struct Count {
    std::atomic<BootTime::rep> next{0};
    std::atomic<std::uint64_t> unsaid{0};
    Counter all{};
  };

  std::string endpoint_;
  const Clock& clock_;
  Log& log_;
  std::array<Count, kRuleCount> counts_;
};

}  // namespace understudy::service
