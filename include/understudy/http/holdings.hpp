#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace understudy::http {

/// What one half-sent request takes.
struct Holding {
  std::string_view source;  ///< The peer's address.
  std::size_t bytes = 0;
  std::chrono::steady_clock::time_point since{};  ///< Its first byte came then.
};

/// What the source of each of `asked` holds in `holdings`, place by place. Pure.
std::vector<std::size_t> held_by_sources(const std::vector<Holding>& holdings, const std::vector<Holding>& asked);

/// Which of them have to go so that `wanted` bytes come free, by their places in `holdings`: the oldest of the source
/// that holds most, then those of the source that holds most after it; sources that hold the same are as one. No more
/// of them than it takes; all, where that is not enough. Pure.
std::vector<std::size_t> choose_released(const std::vector<Holding>& holdings, std::size_t wanted);

}  // namespace understudy::http
