#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace understudy {

/// What went wrong outside the program: a client, an upstream, a file or the configuration. Never a bug.
///
/// `kind` is what callers decide by, `code` is the machine word a peer knows (`AccessDenied`, `ValidationError`),
/// `message` is a whole sentence for a person that says what to do next. No part of it may hold a secret.
struct Error {
  enum class Kind {
    kInvalid,       ///< The question itself is wrong; asking again gives the same answer.
    kNotFound,      ///< The thing asked for does not exist.
    kDenied,        ///< The peer understood and refuses.
    kExpired,       ///< The question was asked with credentials or a token that have ended; renew those, ask once more.
    kThrottled,     ///< The peer asks for fewer questions; ask later.
    kUnavailable,   ///< No answer, or not one that makes sense; ask later.
    kActionNeeded,  ///< A person has to do something first (log in, type a code); asking again soon does not help.
  };

  Kind kind = Kind::kUnavailable;
  std::string code;
  std::string message;

  bool operator==(const Error&) const = default;

  /// True where the same question asked again later may succeed with nobody's help.
  [[nodiscard]] bool is_transient() const { return kind == Kind::kThrottled || kind == Kind::kUnavailable; }
};

/// A value, or the reason there is none: the small part of std::expected that this project uses.
///
/// Both sides convert implicitly, so a function returns `value` or `Error{..}`. Reading the side that is not there is a
/// bug and throws std::logic_error. Thread-safety: that of T and E.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked<0>(held_); }
  const T& value() const& { return checked<0>(held_); }
  T&& value() && { return std::move(checked<0>(held_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  E& error() & { return checked<1>(held_); }
  const E& error() const& { return checked<1>(held_); }
  E&& error() && { return std::move(checked<1>(held_)); }

 private:
  template <std::size_t I, class Held>
  static auto& checked(Held& held) {
    auto* side = std::get_if<I>(&held);
    if (side == nullptr) {
      throw std::logic_error(I == 0 ? "Result holds an error, not a value" : "Result holds a value, not an error");
    }
    return *side;
  }

  std::variant<T, E> held_;
};

/// Success without a value. `return {};` is success.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  E& error() & { return checked(held_); }
  const E& error() const& { return checked(held_); }

 private:
  template <class Held>
  static auto& checked(Held& held) {
    auto* side = std::get_if<1>(&held);
    if (side == nullptr) {
      throw std::logic_error("Result holds success, not an error");
    }
    return *side;
  }

  std::variant<std::monostate, E> held_;
};

}  // namespace understudy
