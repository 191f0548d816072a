#include "understudy/source/mfa_desk.hpp"

#include <algorithm>
#include <utility>

namespace understudy::source {

bool is_mfa_code(std::string_view text) {
  return text.size() == 6 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

MfaDesk::Posting MfaDesk::post(std::string_view role, std::string_view code) {
  if (!is_mfa_code(code)) {
    return Posting::kBadCode;
  }
  const std::scoped_lock lock(mutex_);
  const auto device = devices_.find(role);
  if (device == devices_.end()) {
    return Posting::kNoDevice;
  }
  if (is_spent(device->second.serial, code)) {
    return Posting::kSpent;
  }
  left_[std::string(role)] = {std::string(code), clock_.boot()};
  device->second.waiting = false;
  return Posting::kTaken;
}

MfaDesk::Posting MfaDesk::post_for_any(std::string_view code) {
  if (!is_mfa_code(code)) {
    return Posting::kBadCode;
  }
  const std::scoped_lock lock(mutex_);
  left_[""] = {std::string(code), clock_.boot()};
  return Posting::kTaken;
}

void MfaDesk::expect(const std::string& role, const std::string& serial) {
  const std::scoped_lock lock(mutex_);
  devices_.try_emplace(role, Device{role, serial});
}

std::optional<std::string> MfaDesk::take(const std::string& role, const std::string& serial) {
  {
    const std::scoped_lock lock(mutex_);
    if (auto code = take_left(role)) {
      return code;
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
  if (const auto device = devices_.find(role); device != devices_.end()) {
    device->second.waiting = !answer;
  }
  return answer;
}

/// REQUIRES: the lock is held.
std::optional<std::string> MfaDesk::take_left(const std::string& role) {
  for (const auto& key : {role, std::string()}) {
    if (auto left = left_.extract(key); !left.empty() && clock_.boot() - left.mapped().at < kCodeLife) {
      return std::move(left.mapped().code);
    }
  }
  return std::nullopt;
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
  for (const auto& [role, device] : devices_) {
    out.push_back(device);
  }
  return out;
}

}  // namespace understudy::source
