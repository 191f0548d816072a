#include "understudy/http/response_writer.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;

namespace {

std::string written(const Response& response, AnswerFrame frame = {}) {
  frame.date = "DATE";
  std::string out;
  append_response_head(out, response, frame);
  return out;
}

}  // namespace

TEST_CASE("a head holds the fields in their order, then length and date") {
  const Response response{200, {{"Content-Type", "text/plain"}, {"Server", "EC2ws"}}, "body", {}};
  CHECK(written(response) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: EC2ws\r\nContent-Length: 4\r\nDate: DATE\r\n\r\n");
}

TEST_CASE("the length is there for an empty body, and absent where the status forbids one") {
  struct Row {
    int status;
    std::string head;
  };
  const std::vector<Row> rows{
      {404, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nDate: DATE\r\n\r\n"},
      {204, "HTTP/1.1 204 No Content\r\nDate: DATE\r\n\r\n"},
      {304, "HTTP/1.1 304 Not Modified\r\nDate: DATE\r\n\r\n"},
      {599, "HTTP/1.1 599 \r\nContent-Length: 0\r\nDate: DATE\r\n\r\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.status);
    CHECK(written(Response{row.status, {}, {}, {}}) == row.head);
  }
}

TEST_CASE("the connection is named only where the version does not say it") {
  const Response response{200, {}, "", {}};
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: DATE\r\n";
  CHECK(written(response, {{}, true, false}) == start + "\r\n");
  CHECK(written(response, {{}, false, false}) == start + "Connection: close\r\n\r\n");
  CHECK(written(response, {{}, true, true}) == start + "Connection: keep-alive\r\n\r\n");
  CHECK(written(response, {{}, false, true}) == start + "Connection: close\r\n\r\n");
}

TEST_CASE("a response that would split into two is a fault") {
  for (const auto& evil : {std::string("a\r\nSet-Cookie: b"), std::string("a\nb"), std::string("a\0b", 3)}) {
    CHECK_THROWS_AS(written(Response{200, {{"X", evil}}, "", {}}), std::invalid_argument);
    CHECK_THROWS_AS(written(Response{200, {{evil, "x"}}, "", {}}), std::invalid_argument);
  }
}

TEST_CASE("the date follows the clock by the second, also backwards") {
  DateText date;
  const WallTime start{std::chrono::seconds(1795217844)};
  CHECK(date.at(start) == "Fri, 20 Nov 2026 23:37:24 GMT");
  CHECK(date.at(start + std::chrono::milliseconds(999)) == "Fri, 20 Nov 2026 23:37:24 GMT");
  CHECK(date.at(start + std::chrono::milliseconds(1000)) == "Fri, 20 Nov 2026 23:37:25 GMT");
  CHECK(date.at(start - std::chrono::seconds(1)) == "Fri, 20 Nov 2026 23:37:23 GMT");
}
