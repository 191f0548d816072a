#include "understudy/base/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <new>

namespace understudy {
namespace {

/// All of them are reserved at the start, some 400 bytes each.
constexpr std::size_t kQueuedLines = 1024;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

class StderrLog final : public Log {
 public:
  explicit StderrLog(LogLevel least)
      : pool_(std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1)),
        logger_(std::make_shared<spdlog::async_logger>("understudy", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                                       pool_, spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_level(to_spdlog(least));
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    logger_->flush_on(spdlog::level::debug);
    // A log that can not be written (a full disk, a closed pipe) must not disturb the service.
    logger_->set_error_handler([](const std::string&) {});
  }

  void write(LogLevel level, std::string_view line) override { logger_->log(to_spdlog(level), line); }

 private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

void Log::put(LogLevel level, fmt::string_view format, fmt::format_args args) {
  try {
    write(level, fmt::vformat(format, args));
  } catch (const std::bad_alloc&) {
  }
}

std::optional<LogLevel> parse_log_level(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kWords{{{"debug", LogLevel::kDebug},
                                                                         {"info", LogLevel::kInfo},
                                                                         {"warning", LogLevel::kWarning},
                                                                         {"error", LogLevel::kError}}};
  for (const auto& [name, level] : kWords) {
    if (name == word) {
      return level;
    }
  }
  return std::nullopt;
}

std::unique_ptr<Log> log_to_stderr(LogLevel least) { return std::make_unique<StderrLog>(least); }

}  // namespace understudy
