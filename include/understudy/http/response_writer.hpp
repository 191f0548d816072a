#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/message.hpp"

namespace understudy::http {

/// What the connection knows about an answer beside the response itself.
struct AnswerFrame {
  std::string_view date;     ///< The value of `Date`.
  bool keep_alive = true;    ///< False adds `Connection: close`.
  bool is_http_1_0 = false;  ///< HTTP/1.0 has to be told `Connection: keep-alive`.
};

/// Appends the head of `response`: status line, its fields in their order, Content-Length (the body's, also for an
/// answer to HEAD that leaves the body out; none for 204 and 304), Date, Connection, and the blank line:
///
///     HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nDate: Fri, 20 Nov 2026 23:37:24 GMT\r\n\r\n
///
/// The body is not appended, so that a shared one is never copied.
/// Throws std::invalid_argument where a name or value of a field holds CR, LF or NUL: a response that would split.
void append_response_head(std::string& out, const Response& response, const AnswerFrame& frame);

/// The `Date` of answers, formatted once a second. Not thread-safe: one for each thread.
class DateText {
 public:
  /// The view holds until the next call.
  [[nodiscard]] std::string_view at(WallTime now);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds(-1)};
  std::string text_;
};

}  // namespace understudy::http
