#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace understudy::app {

/// Asks the person at the terminal for the MFA code of a role, up to three times, and waits for the answer. nullopt:
/// nobody is there (no terminal, standard error leads elsewhere, this process is in its background), the answer is no
/// code, or SIGINT or SIGTERM came, which are left to whoever holds them back.
[[nodiscard]] std::optional<std::string> ask_for_code(const std::string& role, const std::string& serial);

/// What a line typed beside a running server means: `app 123456`, or `123456` alone, where `role` is empty. nullopt for
/// anything else. Pure.
struct TypedCode {
  std::string role;
  std::string code;
  bool operator==(const TypedCode&) const = default;
};
[[nodiscard]] std::optional<TypedCode> read_typed_code(std::string_view line);

/// Reads lines that somebody types at the terminal of a running server, on a thread of its own; none where standard
/// input is no terminal. In the background of the terminal it waits, as reading there would stop the process.
class TypedLines {
 public:
  /// `on_line` is called on that thread, once a line; it must not throw.
  explicit TypedLines(std::function<void(std::string_view)> on_line);
  TypedLines(const TypedLines&) = delete;
  TypedLines& operator=(const TypedLines&) = delete;
  ~TypedLines();

 private:
  void read(const std::function<void(std::string_view)>& on_line) const;

  int leave_ = -1;  ///< Readable when the thread is to end.
  std::thread thread_;
};

}  // namespace understudy::app
