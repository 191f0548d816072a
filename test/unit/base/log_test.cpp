#include "understudy/base/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

/// Standard error goes into a file while this lives.
class CapturedStderr {
 public:
  explicit CapturedStderr(const std::filesystem::path& path) : before_(dup(STDERR_FILENO)) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(dup2(file, STDERR_FILENO) == STDERR_FILENO);
    close(file);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;
  ~CapturedStderr() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }

 private:
  int before_;
};

template <class Write>
std::string written_by(LogLevel least, Write write) {
  const fakes::TempFolder folder;
  {
    const CapturedStderr captured(folder / "log");
    const auto log = log_to_stderr(least);
    write(*log);
  }
  return read_file(folder / "log").value();
}

TEST_CASE("a line has its time in UTC, its level and its text, and is out when the log ends") {
  const auto text = written_by(LogLevel::kDebug, [](Log& log) {
    log.debug("one {}", 1);
    log.info("two");
    log.warn("three");
    log.error("four");
  });
  const std::vector<std::string> ends{" debug one 1", " info two", " warning three", " error four"};
  const auto lines = split(text, '\n');
  REQUIRE(lines.size() == ends.size() + 1);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    CAPTURE(lines[i]);
    CHECK(lines[i].ends_with(ends[i]));
    CHECK(parse_iso8601(lines[i].substr(0, lines[i].find(' '))));
  }
  CHECK(lines.back().empty());
}

TEST_CASE("lines below the least level are left out") {
  const auto text = written_by(LogLevel::kWarning, [](Log& log) {
    log.debug("quiet");
    log.info("quiet");
    log.warn("loud");
  });
  CHECK(text.find("quiet") == std::string::npos);
  CHECK(text.find("loud") != std::string::npos);
}

TEST_CASE("braces in a line are text") {
  const auto text = written_by(LogLevel::kInfo, [](Log& log) { log.write(LogLevel::kInfo, "{} {0} %v {"); });
  CHECK(text.ends_with(" info {} {0} %v {\n"));
}

TEST_CASE("a flood of lines loses the oldest and never the newest") {
  const auto text = written_by(LogLevel::kInfo, [](Log& log) {
    for (int i = 0; i < 20000; ++i) {
      log.info("line {}", i);
    }
  });
  CHECK(text.ends_with(" info line 19999\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') >= 1024);
}

TEST_CASE("log levels are known by their words") {
  CHECK(parse_log_level("debug") == LogLevel::kDebug);
  CHECK(parse_log_level("info") == LogLevel::kInfo);
  CHECK(parse_log_level("warning") == LogLevel::kWarning);
  CHECK(parse_log_level("error") == LogLevel::kError);
  for (const auto* word : {"", "Info", "warn", "trace", "info "}) {
    CAPTURE(word);
    CHECK_FALSE(parse_log_level(word));
  }
}

}  // namespace
}  // namespace understudy
