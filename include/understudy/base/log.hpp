#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Where a line for the operator goes. Thread-safe; never blocks on the sink. Where there is no memory for a line it is
/// lost, and nothing is thrown: what is told of is more important.
///
/// Callers put no secret into a line, and text from outside only through `escape_for_log`.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view line) = 0;

  template <class... Args>
  void debug(fmt::format_string<Args...> format, const Args&... args) {
    put(LogLevel::kDebug, format, fmt::make_format_args(args...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, const Args&... args) {
    put(LogLevel::kInfo, format, fmt::make_format_args(args...));
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> format, const Args&... args) {
    put(LogLevel::kWarning, format, fmt::make_format_args(args...));
  }
  template <class... Args>
  void error(fmt::format_string<Args...> format, const Args&... args) {
    put(LogLevel::kError, format, fmt::make_format_args(args...));
  }

 private:
  void put(LogLevel level, fmt::string_view format, fmt::format_args args);
};

/// `debug`, `info`, `warning`, `error`; nullopt for another word.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view word);

/// Lines on standard error with time and level, written by a thread of their own from a bounded queue; when it is full
/// the oldest lines go. The destructor writes out what is queued.
[[nodiscard]] std::unique_ptr<Log> log_to_stderr(LogLevel least);

}  // namespace understudy
