#include "understudy/http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "understudy/base/time_text.hpp"

namespace understudy::http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 23> kStatusLines{{
    {200, "HTTP/1.1 200 OK\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {202, "HTTP/1.1 202 Accepted\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {301, "HTTP/1.1 301 Moved Permanently\r\n"},
    {302, "HTTP/1.1 302 Found\r\n"},
    {304, "HTTP/1.1 304 Not Modified\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {411, "HTTP/1.1 411 Length Required\r\n"},
    {413, "HTTP/1.1 413 Payload Too Large\r\n"},
    {414, "HTTP/1.1 414 URI Too Long\r\n"},
    {417, "HTTP/1.1 417 Expectation Failed\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {502, "HTTP/1.1 502 Bad Gateway\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
    {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
}};

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_status_line(std::string& out, int status) {
  const auto* const known = std::ranges::find(kStatusLines, status, &std::pair<int, std::string_view>::first);
  if (known != kStatusLines.end()) {
    out += known->second;
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  // The reason may be empty, the blank before it not (RFC 9112, section 4).
  out += " \r\n";
}

void append_checked(std::string& out, std::string_view text) {
  if (std::ranges::any_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; })) {
    throw std::invalid_argument("a response's field holds a line end");
  }
  out += text;
}

bool has_length(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

void append_response_head(std::string& out, const Response& response, const AnswerFrame& frame) {
  append_status_line(out, response.status);
  for (const auto& [name, value] : response.headers) {
    append_checked(out, name);
    out += ": ";
    append_checked(out, value);
    out += "\r\n";
  }
  if (has_length(response.status)) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += "Date: ";
  out += frame.date;
  out += !frame.keep_alive   ? "\r\nConnection: close\r\n\r\n"
         : frame.is_http_1_0 ? "\r\nConnection: keep-alive\r\n\r\n"
                             : "\r\n\r\n";
}

std::string_view DateText::at(WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != second_ || text_.empty()) {
    second_ = second;
    text_ = format_http_date(now);
  }
  return text_;
}

}  // namespace understudy::http
