#include "understudy/app/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <system_error>

#include "understudy/base/text.hpp"
#include "understudy/source/mfa_desk.hpp"

namespace understudy::app {
namespace {

constexpr int kAttempts = 3;
constexpr int kLookForSignals = 200;  // ms
constexpr int kLookForForeground = 1000;

bool is_in_foreground(int terminal) { return ::tcgetpgrp(terminal) == ::getpgrp(); }

/// SIGINT or SIGTERM has come and is held back.
bool is_called_off() {
  sigset_t pending;
  return ::sigpending(&pending) == 0 && (::sigismember(&pending, SIGINT) == 1 || ::sigismember(&pending, SIGTERM) == 1);
}

/// The controlling terminal, where somebody can be asked.
class Terminal {
 public:
  Terminal() : descriptor_(::isatty(STDERR_FILENO) == 1 ? ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1) {}
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  [[nodiscard]] bool is_there() const { return descriptor_ >= 0 && is_in_foreground(descriptor_); }

  [[nodiscard]] std::optional<std::string> ask(std::string_view question) const {
    if (::write(descriptor_, question.data(), question.size()) < 0) {
      return std::nullopt;
    }
    pollfd readable{descriptor_, POLLIN, 0};
    while (::poll(&readable, 1, kLookForSignals) == 0) {
      if (is_called_off()) {
        return std::nullopt;
      }
    }
    std::array<char, 256> line{};
    const auto size = ::read(descriptor_, line.data(), line.size());
    return size > 0 ? std::optional(std::string(trim({line.data(), static_cast<std::size_t>(size)}))) : std::nullopt;
  }

 private:
  int descriptor_;
};

}  // namespace

std::optional<std::string> ask_for_code(const std::string& role, const std::string& serial) {
  const Terminal terminal;
  for (int i = 0; i < kAttempts && terminal.is_there(); ++i) {
    auto answer = terminal.ask(fmt::format("MFA code of {} for role {}: ", escape_for_log(serial), role));
    if (!answer || answer->empty()) {
      return std::nullopt;
    }
    if (source::is_mfa_code(*answer)) {
      return answer;
    }
  }
  return std::nullopt;
}

std::optional<TypedCode> read_typed_code(std::string_view line) {
  const auto text = trim(line);
  const auto space = text.find_last_of(" \t");
  const bool names_role = space != std::string_view::npos;
  const auto code = names_role ? text.substr(space + 1) : text;
  if (!source::is_mfa_code(code)) {
    return std::nullopt;
  }
  return TypedCode{names_role ? std::string(trim(text.substr(0, space))) : "", std::string(code)};
}

TypedLines::TypedLines(std::function<void(std::string_view)> on_line) {
  if (::isatty(STDIN_FILENO) != 1) {
    return;
  }
  leave_ = ::eventfd(0, EFD_CLOEXEC);
  if (leave_ < 0) {
    throw std::system_error(errno, std::generic_category(), "can not wait for the terminal");
  }
  thread_ = std::thread([this, on_line = std::move(on_line)] { read(on_line); });
}

TypedLines::~TypedLines() {
  if (thread_.joinable()) {
    ::eventfd_write(leave_, 1);
    thread_.join();
  }
  if (leave_ >= 0) {
    ::close(leave_);
  }
}

void TypedLines::read(const std::function<void(std::string_view)>& on_line) const {
  std::array<char, 1024> line{};
  while (true) {
    const bool may_read = is_in_foreground(STDIN_FILENO);
    std::array<pollfd, 2> both{{{leave_, POLLIN, 0}, {may_read ? STDIN_FILENO : -1, POLLIN, 0}}};
    ::poll(both.data(), both.size(), may_read ? -1 : kLookForForeground);
    if (both[0].revents != 0) {
      return;
    }
    if (both[1].revents == 0 || !is_in_foreground(STDIN_FILENO)) {
      continue;
    }
    // The terminal hands over whole lines.
    const auto size = ::read(STDIN_FILENO, line.data(), line.size());
    if (size <= 0) {
      return;
    }
    on_line({line.data(), static_cast<std::size_t>(size)});
  }
}

}  // namespace understudy::app
