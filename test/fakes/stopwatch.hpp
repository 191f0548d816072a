#pragma once

#include <chrono>
#include <functional>

namespace understudy::fakes {

/// How long `action` takes, for upper bounds that are far from what is measured.
inline std::chrono::milliseconds time_of(const std::function<void()>& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace understudy::fakes
