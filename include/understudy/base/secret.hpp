#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace understudy {

/// Text that must not be seen: a secret access key, a session token, an authorization token.
///
/// There is one way out, `reveal()`, and no way to print, format or serialise it by accident. Comparison takes the same
/// time wherever the difference is. The memory is wiped when it is let go, on a best-effort basis: copies that others
/// make of `reveal()` are theirs. Thread-safety: that of std::string.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) noexcept;
  explicit Secret(std::string_view text);
  explicit Secret(const char* text);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// Constant time in the content; the lengths may be learnt.
  friend bool operator==(const Secret& left, const Secret& right);

 private:
  void wipe() noexcept;

  std::string text_;
};

static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

/// Constant-time comparison of two byte strings; unequal lengths are unequal at once.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);

/// Overwrites the text's whole buffer in a way that the compiler keeps, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace understudy
