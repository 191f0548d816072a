#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/clock.hpp"

namespace understudy::source {

/// Six decimal digits.
[[nodiscard]] bool is_mfa_code(std::string_view text);

/// Where the codes lie that a person says, until the role comes that needs them; and which codes were used up, because
/// AWS refuses one that it has seen and a device that repeats itself is locked in the end. One desk serves every role:
/// two of them may have the same device. Thread-safe.
class MfaDesk {
 public:
  /// Asks the person at hand for a code of `serial` for `role`; blocks. nullopt: there is no answer.
  using Ask = std::function<std::optional<std::string>(const std::string& role, const std::string& serial)>;

  /// REQUIRES: `clock` outlives this. Without `ask`, who needs a code goes without it until one is posted.
  explicit MfaDesk(const Clock& clock, Ask ask = {}) : clock_(clock), ask_(std::move(ask)) {}

  /// A code that lies here for longer is of no use to AWS.
  static constexpr std::chrono::seconds kCodeLife{90};
  /// For so long a code can not come again as a new one.
  static constexpr std::chrono::minutes kSpentMemory{5};

  enum class Posting {
    kTaken,     ///< The role gets it when it asks next for a code of that device.
    kBadCode,   ///< Not six digits.
    kSpent,     ///< This device's code was used before: wait for the next one.
    kNoDevice,  ///< The role has no MFA device, or has not been fetched yet.
  };
  /// Leaves a code for that device of `role` that was asked for last; a later one takes its place.
  Posting post(std::string_view role, std::string_view code);
  /// Leaves a code for whichever role asks first. kTaken or kBadCode.
  Posting post_for_any(std::string_view code);

  /// `role` needs codes of `serial`: what post goes by. A chain of roles may need several devices.
  void expect(const std::string& role, const std::string& serial);
  /// Expects none for other roles than these, who are there no more.
  void forget_others(const std::vector<std::string>& roles);
  /// The code that was left for that device of `role` or for any, else the person's answer. Whoever takes one has to
  /// use it up.
  [[nodiscard]] std::optional<std::string> take(const std::string& role, const std::string& serial);
  /// Remembers that `code` is used up; false where it was before.
  [[nodiscard]] bool spend(const std::string& serial, const std::string& code);

  /// Somebody is being asked.
  [[nodiscard]] bool is_asking() const { return is_asking_; }

  struct Device {
    std::string role;
    std::string serial;
    bool waiting = false;  ///< The role has asked for it last, and got nothing since the last code.
    bool operator==(const Device&) const = default;
  };
  /// Those that are expected, by their roles' keys; those of one role as they came to be expected.
  [[nodiscard]] std::vector<Device> devices() const;

 private:
  struct Left {
    std::string code;
    BootTime at{};
  };
  /// The devices of a role, as they came to be expected.
  struct Needed {
    std::vector<Device> devices;
    std::size_t asked_last = 0;
  };
  using DeviceKey = std::pair<std::string, std::string>;  ///< A role and a serial; both empty: any role's.
  [[nodiscard]] std::optional<std::string> take_left(const DeviceKey& key);
  void note_asked(const std::string& role, const std::string& serial, bool in_vain);
  [[nodiscard]] bool is_spent(const std::string& serial, std::string_view code);

  const Clock& clock_;
  const Ask ask_;
  mutable std::mutex mutex_;
  std::mutex asking_;  ///< One question at a time; held while the person thinks.
  std::atomic<bool> is_asking_{false};
  std::map<std::string, Needed, std::less<>> needed_;  ///< By role.
  std::map<DeviceKey, Left> left_;
  std::map<std::string, std::vector<Left>, std::less<>> spent_;  ///< By serial; those of the last minutes.
};

}  // namespace understudy::source
