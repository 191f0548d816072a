#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/log.hpp"

namespace understudy::fakes {

/// Keeps every line for the test to look at. Thread-safe.
class RecordingLog final : public Log {
 public:
  struct Line {
    LogLevel level;
    std::string text;
    bool operator==(const Line&) const = default;
  };

  void write(LogLevel level, std::string_view line) override {
    const std::scoped_lock lock(mutex_);
    lines_.push_back({level, std::string(line)});
  }

  [[nodiscard]] std::vector<Line> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }

  /// How many lines of that level, or of any, hold `text`.
  [[nodiscard]] std::size_t count(LogLevel level, std::string_view text) const {
    return count_where([&](const Line& line) { return line.level == level && line.text.find(text) != line.text.npos; });
  }
  [[nodiscard]] std::size_t count(std::string_view text) const {
    return count_where([&](const Line& line) { return line.text.find(text) != line.text.npos; });
  }
  [[nodiscard]] bool contains(std::string_view text) const { return count(text) > 0; }

 private:
  template <class Predicate>
  std::size_t count_where(Predicate matches) const {
    const std::scoped_lock lock(mutex_);
    std::size_t found = 0;
    for (const auto& line : lines_) {
      found += matches(line) ? 1U : 0U;
    }
    return found;
  }

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace understudy::fakes
