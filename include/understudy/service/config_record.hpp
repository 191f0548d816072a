#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"

namespace understudy::service {

/// How it went with reading the configuration, for the operator. Thread-safe.
class ConfigRecord {
 public:
  /// Served since `at`: the first time, and by each reload.
  explicit ConfigRecord(WallTime at) { facts_.read = at; }

  struct Refusal {
    WallTime at{};
    std::vector<std::string> why;  ///< For people, a line each; without a secret.
    bool operator==(const Refusal&) const = default;
  };
  struct Facts {
    WallTime read{};                   ///< What is served.
    std::optional<Refusal> refused{};  ///< The last one that is not served; perhaps before `read`.
    std::uint64_t reloads = 0;         ///< Those that are or were served.
    std::uint64_t refusals = 0;
    bool is_current = true;  ///< The last one that was read is served.
  };

  void note_reload(WallTime at);
  void note_refusal(WallTime at, std::vector<std::string> why);
  [[nodiscard]] Facts facts() const;

 private:
  mutable std::mutex mutex_;  ///< Guards what follows.
  Facts facts_;
};

}  // namespace understudy::service
