#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "understudy/base/message.hpp"

namespace understudy::http {

/// Bounds of a request's head (request line, fields and the blank line), in bytes and in fields.
struct HeadLimits {
  std::size_t head = 16 * 1024;
  std::size_t line = 8 * 1024;
  std::size_t fields = 64;
};

/// Why a request does not reach its handler: the status of the empty answer, and the rule for the log.
struct Refusal {
  int status = 400;
  std::string_view rule;  ///< A literal: "a request has exactly one Host".
  bool operator==(const Refusal&) const = default;
};

/// Watches the raw bytes of a head while they arrive, for what a parser hides or forgives: lines that do not end with
/// CR LF, folded fields (RFC 9112, section 5.2), heads, lines and numbers of fields over the limits, and bytes that are
/// not HTTP at all. Not thread-safe; one for each request.
class HeadScanner {
 public:
  explicit HeadScanner(HeadLimits limits) : limits_(limits) {}

  /// `bytes` is everything that has arrived since the head began; the part seen before is not read again.
  /// 400, 414 (the request line is too long) or 431 (a field, their number or the head) as soon as it is certain.
  [[nodiscard]] std::optional<Refusal> scan(std::string_view bytes);

  /// The head's length with its blank line; 0 while that has not been seen.
  [[nodiscard]] std::size_t head_size() const { return head_size_; }

 private:
  [[nodiscard]] std::optional<Refusal> check_length(std::size_t end) const;
  [[nodiscard]] std::optional<Refusal> check_line(std::string_view line) const;

  HeadLimits limits_;
  std::size_t line_start_ = 0;
  std::size_t searched_ = 0;
  std::size_t lines_ = 0;
  std::size_t head_size_ = 0;
};

enum class Version { kHttp10, kHttp11 };

/// What a well-formed head must satisfy beside: exactly one Host (HTTP/1.0: at most one), no Transfer-Encoding (411, or
/// 400 beside a Content-Length: RFC 9112, section 6.1), at most one Content-Length, of 1 to 19 digits (also not the
/// list of equal ones that RFC 9110, section 8.6, lets a recipient take), a target in origin form (an absolute one
/// would name a second host), and no expectation but `100-continue` (417). nullopt where all of it holds.
[[nodiscard]] std::optional<Refusal> check_head(const Request& request, Version version);

/// True where the client waits for `100 Continue` before it sends its body (RFC 9110, section 10.1.1).
[[nodiscard]] bool expects_continue(const Request& request, Version version);

}  // namespace understudy::http
