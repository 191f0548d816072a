#include "understudy/source/mfa_desk.hpp"

#include <algorithm>
#include <utility>

#include "understudy/base/ascii.hpp"

namespace understudy::source {

bool is_mfa_code(std::string_view text) { return text.size() == 6 && std::ranges::all_of(text, is_digit); }

MfaDesk::Posting MfaDesk::post(std::string_view role, std::string_view code) {
  if (!is_mfa_code(code)) {
    return Posting::kBadCode;
  }
  const std::scoped_lock lock(mutex_);
  const auto needed = needed_.find(role);
  if (needed == needed_.end()) {
    return Posting::kNoDevice;
  }
  auto& device = needed->second.devices.at(needed->second.asked_last);
  if (is_spent(device.serial, code)) {
    return Posting::kSpent;
  }
  left_[{device.role, device.serial}] = {std::string(code), clock_.boot()};
  device.waiting = false;
  return Posting::kTaken;
}

MfaDesk::Posting MfaDesk::post_for_any(std::string_view code) {
  if (!is_mfa_code(code)) {
    return Posting::kBadCode;
  }
  const std::scoped_lock lock(mutex_);
  left_[{}] = {std::string(code), clock_.boot()};
  return Posting::kTaken;
}

void MfaDesk::expect(const std::string& role, const std::string& serial) {
  const std::scoped_lock lock(mutex_);
  auto& devices = needed_[role].devices;
  if (std::ranges::find(devices, serial, &Device::serial) == devices.end()) {
    devices.push_back({role, serial});
  }
}

void MfaDesk::forget_others(const std::vector<std::string>& roles) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(needed_, [&](const auto& needed) { return std::ranges::find(roles, needed.first) == roles.end(); });
}

std::optional<std::string> MfaDesk::take(const std::string& role, const std::string& serial) {
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& key : {DeviceKey{role, serial}, DeviceKey{}}) {
      if (auto code = take_left(key)) {
        note_asked(role, serial, false);
        return code;
      }
    }
  }
  std::optional<std::string> answer;
  if (ask_) {
    const std::scoped_lock one_at_a_time(asking_);
    is_asking_ = true;
    answer = ask_(role, serial);
    is_asking_ = false;
  }
  const std::scoped_lock lock(mutex_);
  note_asked(role, serial, !answer);
  return answer;
}

/// REQUIRES: the lock is held.
void MfaDesk::note_asked(const std::string& role, const std::string& serial, bool in_vain) {
  const auto needed = needed_.find(role);
  if (needed == needed_.end()) {
    return;
  }
  auto& [devices, asked_last] = needed->second;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const bool is_asked = devices[i].serial == serial;
    devices[i].waiting = is_asked && in_vain;
    asked_last = is_asked ? i : asked_last;
  }
}

/// REQUIRES: the lock is held.
std::optional<std::string> MfaDesk::take_left(const DeviceKey& key) {
  auto left = left_.extract(key);
  const bool is_good = !left.empty() && clock_.boot() - left.mapped().at < kCodeLife;
  return is_good ? std::optional(std::move(left.mapped().code)) : std::nullopt;
}

bool MfaDesk::spend(const std::string& serial, const std::string& code) {
  const std::scoped_lock lock(mutex_);
  if (is_spent(serial, code)) {
    return false;
  }
  spent_[serial].push_back({code, clock_.boot()});
  return true;
}

/// REQUIRES: the lock is held.
bool MfaDesk::is_spent(const std::string& serial, std::string_view code) {
  auto& spent = spent_[serial];
  const auto now = clock_.boot();
  std::erase_if(spent, [&](const Left& left) { return now - left.at >= kSpentMemory; });
  return std::ranges::find(spent, code, &Left::code) != spent.end();
}

std::vector<MfaDesk::Device> MfaDesk::devices() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Device> out;
  for (const auto& [role, needed] : needed_) {
    out.insert(out.end(), needed.devices.begin(), needed.devices.end());
  }
  return out;
}

}  // namespace understudy::source
