#include "understudy/http/head_policy.hpp"

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;

namespace {

int status_of(const std::optional<Refusal>& refusal) { return refusal ? refusal->status : 0; }

int scan_once(std::string_view bytes, HeadLimits limits = {}) {
  HeadScanner scanner(limits);
  return status_of(scanner.scan(bytes));
}

std::string head_with_fields(std::size_t count) {
  std::string head = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < count; ++i) {
    head += "X-" + std::to_string(i) + ": 1\r\n";
  }
  return head + "\r\n";
}

}  // namespace

TEST_CASE("a head is found whole, and what follows it is left alone") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  HeadScanner scanner(HeadLimits{});
  CHECK_FALSE(scanner.scan(head + "GET /next"));
  CHECK(scanner.head_size() == head.size());
}

TEST_CASE("a head that comes byte by byte is complete at its last byte") {
  const std::string head = "PUT /latest/api/token HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  HeadScanner scanner(HeadLimits{});
  for (std::size_t size = 0; size < head.size(); ++size) {
    CHECK_FALSE(scanner.scan(std::string_view(head).substr(0, size)));
    CHECK(scanner.head_size() == 0);
  }
  CHECK_FALSE(scanner.scan(head));
  CHECK(scanner.head_size() == head.size());
}

TEST_CASE("raw heads are refused for what a parser would hide") {
  struct Row {
    const char* why;
    std::string bytes;
    int status;
  };
  const std::vector<Row> rows{
      {"a bare LF ends the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"a bare LF ends a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"a bare LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"a field is folded with a blank", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400},
      {"a field is folded with a tab", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", 400},
      {"a blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00", 5), 400},
      {"a NUL first", std::string("\0GET", 4), 400},
      {"an empty first line", "\r\nGET / HTTP/1.1\r\n\r\n", 400},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK(scan_once(row.bytes) == row.status);
  }
}

TEST_CASE("the limits of a head hold exactly") {
  CHECK(scan_once(head_with_fields(64)) == 0);
  CHECK(scan_once(head_with_fields(65)) == 431);

  const HeadLimits narrow{100, 40, 64};
  const auto line = [](std::string_view start, std::size_t length) {
    return std::string(start) + std::string(length - start.size() - 2, 'a') + "\r\n";
  };
  CHECK(scan_once(line("GET /", 40), narrow) == 0);
  CHECK(scan_once(line("GET /", 41), narrow) == 414);
  CHECK(scan_once(line("GET /", 20) + line("X: ", 40), narrow) == 0);
  CHECK(scan_once(line("GET /", 20) + line("X: ", 41), narrow) == 431);
  CHECK(scan_once(line("GET /", 40) + line("X: ", 40) + line("Y: ", 18) + "\r\n", narrow) == 0);
  CHECK(scan_once(line("GET /", 40) + line("X: ", 40) + line("Y: ", 19) + "\r\n", narrow) == 431);
}

TEST_CASE("a line that never ends is refused as soon as it is too long") {
  CHECK(scan_once("GET /" + std::string(8 * 1024 - 5, 'a')) == 0);
  CHECK(scan_once("GET /" + std::string(8 * 1024 - 4, 'a')) == 414);
  CHECK(scan_once("GET / HTTP/1.1\r\nX: " + std::string(8 * 1024, 'a')) == 431);
}

TEST_CASE("a well-formed head is checked for what makes it ambiguous") {
  struct Row {
    const char* why;
    std::string target;
    Headers headers;
    Version version;
    int status;
  };
  const Version one = Version::kHttp11;
  const Version zero = Version::kHttp10;
  const std::vector<Row> rows{
      {"an ordinary request", "/", {{"Host", "a"}}, one, 0},
      {"the name in another case", "/", {{"hOST", "a"}}, one, 0},
      {"no Host", "/", {}, one, 400},
      {"two Hosts", "/", {{"Host", "a"}, {"host", "a"}}, one, 400},
      {"HTTP/1.0 without Host", "/", {}, zero, 0},
      {"HTTP/1.0 with two Hosts", "/", {{"Host", "a"}, {"Host", "b"}}, zero, 400},
      {"a chunked body", "/", {{"Host", "a"}, {"Transfer-Encoding", "chunked"}}, one, 411},
      {"a chunked body with a length",
       "/",
       {{"Host", "a"}, {"transfer-encoding", "x"}, {"Content-Length", "1"}},
       one,
       400},
      {"a length", "/", {{"Host", "a"}, {"Content-Length", "5"}}, one, 0},
      {"a length that begins with zeros", "/", {{"Host", "a"}, {"content-length", "005"}}, one, 0},
      {"a length of 19 digits", "/", {{"Host", "a"}, {"Content-Length", "1000000000000000000"}}, one, 0},
      {"a length of 20 digits", "/", {{"Host", "a"}, {"Content-Length", "00000000000000000005"}}, one, 400},
      {"two lengths in two fields", "/", {{"Host", "a"}, {"Content-Length", "5"}, {"content-length", "5"}}, one, 400},
      {"two lengths in one field", "/", {{"Host", "a"}, {"Content-Length", "5, 5"}}, one, 400},
      {"the same without a blank", "/", {{"Host", "a"}, {"Content-Length", "5,5"}}, one, 400},
      {"the same of two forms", "/", {{"Host", "a"}, {"Content-Length", "05, 5"}}, one, 400},
      {"two lengths by HTTP/1.0", "/", {{"Content-Length", "5,5"}}, zero, 400},
      {"a length with a sign", "/", {{"Host", "a"}, {"Content-Length", "+5"}}, one, 400},
      {"a length with a unit", "/", {{"Host", "a"}, {"Content-Length", "5b"}}, one, 400},
      {"an empty length", "/", {{"Host", "a"}, {"Content-Length", ""}}, one, 400},
      {"an absolute target", "http://evil.example/", {{"Host", "a"}}, one, 400},
      {"a target with an authority alone", "a:80", {{"Host", "a"}}, one, 400},
      {"a target of the whole server", "*", {{"Host", "a"}}, one, 400},
      {"two slashes", "//latest", {{"Host", "a"}}, one, 0},
      {"the known expectation", "/", {{"Host", "a"}, {"Expect", "100-Continue"}}, one, 0},
      {"another expectation", "/", {{"Host", "a"}, {"Expect", "200-ok"}}, one, 417},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    Request request;
    request.target = row.target;
    request.headers = row.headers;
    CHECK(status_of(check_head(request, row.version)) == row.status);
  }
}

TEST_CASE("only an HTTP/1.1 client is told to continue") {
  Request request;
  request.headers = {{"Expect", "100-continue"}};
  CHECK(expects_continue(request, Version::kHttp11));
  CHECK_FALSE(expects_continue(request, Version::kHttp10));
  CHECK_FALSE(expects_continue(Request{}, Version::kHttp11));
}
