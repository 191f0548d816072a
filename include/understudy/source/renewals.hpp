#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

namespace understudy::source {

/// Who renews a file that several roles live on, such as the token of a log-in: one at a time, and for a while nobody
/// where that has just failed. So N roles on one log-in make one call. Thread-safe.
class Renewals {
 public:
  /// For so long a failure is remembered: one that somebody has to mend, and a passing one.
  static constexpr std::chrono::minutes kRefusalMemory{1};
  static constexpr std::chrono::seconds kPassingMemory{5};

  /// REQUIRES: `clock` outlives this.
  explicit Renewals(const Clock& clock) : clock_(clock) {}

 private:
  struct File {
    std::mutex renewing;
    std::string failed_content;  ///< The SHA-256 of what was there when it failed.
    std::optional<Error> failure;
    BootTime failed_at{};
  };

 public:
  /// The right to renew one file, until the end of the scope; belongs to one thread. Whoever got it reads the file
  /// anew: another may have renewed it.
  class Turn {
   public:
    /// Why renewing this very content failed, where that is not long ago; nullopt: try.
    [[nodiscard]] std::optional<Error> failure(std::string_view content) const;
    void failed(std::string_view content, const Error& error);

   private:
    friend class Renewals;
    Turn(File& file, const Clock& clock) : file_(file), clock_(clock), lock_(file.renewing) {}

    File& file_;
    const Clock& clock_;
    std::unique_lock<std::mutex> lock_;
  };

  /// Waits until nobody else has a turn at that file. REQUIRES: this outlives the turn.
  [[nodiscard]] Turn take(const std::filesystem::path& path);

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::filesystem::path, std::unique_ptr<File>> files_;
};

/// Puts `renewed` in the place of `before`, at once and with mode 0600. A file that has other content meanwhile, or is
/// gone, stays so: somebody has logged in anew, or out. Errors: those of write_file_atomically.
Result<void> save_renewed(const std::filesystem::path& path, std::string_view before, std::string_view renewed);

}  // namespace understudy::source
