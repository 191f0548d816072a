#include "understudy/http/handshakes.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

std::string number(std::size_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) {
    out += static_cast<char>(value >> (8 * i));
  }
  return out;
}

/// A record of TLS with a part of the handshake.
std::string record(std::string_view part) { return "\x16\x03\x01" + number(part.size(), 2) + std::string(part); }

/// The message ClientHello with a body of that many bytes.
std::string greeting(std::size_t size) { return "\x01" + number(size, 3) + std::string(size, 'x'); }

Holding holding(std::string_view source, int second) {
  return {source, kHandshakeBytes, std::chrono::steady_clock::time_point(std::chrono::seconds(second))};
}

TEST_CASE("what a greeting still needs is what its records and its message say") {
  const auto whole = record(greeting(200));
  struct Row {
    const char* why;
    std::string bytes;
    std::size_t missing;
  };
  const std::vector<Row> rows{
      {"nothing has come: a record's head", "", 5},
      {"one byte", "\x16", 4},
      {"a byte of something else may still be anything", "G", 4},
      {"a head: its record", whole.substr(0, 5), 204},
      {"but for the last byte", whole.substr(0, whole.size() - 1), 1},
      {"whole", whole, 0},
      {"whole, and more", whole + "more", 0},
      {"a message in two records: the head of the second", record(greeting(200).substr(0, 100)), 5},
      {"a message whose head is in two records", record("\x01") + record(greeting(200).substr(1, 1)), 5},
      {"both records are there", record(greeting(200).substr(0, 2)) + record(greeting(200).substr(2)), 0},
      {"a record with nothing in it", record(""), 5},
      {"plain HTTP is no greeting", "GET / HTTP/1.1\r\n", 0},
      {"nor is what follows a first record", record(greeting(200).substr(0, 100)) + "GET / HTTP", 0},
      {"nor SSL 2's", std::string("\x80\x2e\x01\x00\x02", 5), 0},
      {"a record that is longer than may come: to the end of that", record(std::string(16'640, 'x')).substr(0, 5),
       16 * 1024 - 5},
      {"one that is longer than a record may be is none", record(std::string(16'641, 'x')).substr(0, 5), 0},
      {"another message is no greeting: its type", record("\x02" + std::string(203, 'x')).substr(0, 6), 0},
      {"nor is it after a record with nothing in it", record("") + record("\x02" + std::string(203, 'x')), 0},
      {"a greeting's type, and no more", whole.substr(0, 6), 203},
      {"a message that is longer, too: no more may come", record(greeting(100'000).substr(0, 16'380)), 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK(missing_of_greeting(row.bytes) == row.missing);
  }
}

TEST_CASE("a greeting is asked for to its last byte, however it comes in") {
  const auto bytes =
      record(greeting(300).substr(0, 3)) + record(greeting(300).substr(3, 70)) + record(greeting(300).substr(73));
  std::size_t come = 0;
  while (const auto missing = missing_of_greeting(bytes.substr(0, come))) {
    REQUIRE(come + missing <= bytes.size());
    ++come;
  }
  CHECK(come == bytes.size());
}

TEST_CASE("the next handshake is the newest of the source that has least under way") {
  struct Row {
    const char* why;
    std::vector<Holding> under_way;
    std::vector<Holding> waiting;
    std::size_t places;
    std::vector<std::size_t> chosen;
  };
  const std::vector<Row> rows{
      {"nobody waits", {holding("a", 1)}, {}, 2, {}},
      {"no place is free", {}, {holding("a", 1)}, 0, {}},
      {"one source: the newest first", {}, {holding("a", 1), holding("a", 3), holding("a", 2)}, 2, {1, 2}},
      {"who has less under way goes before a newer one",
       {holding("a", 0), holding("a", 0), holding("b", 0)},
       {holding("a", 5), holding("b", 2), holding("a", 4)},
       2,
       {1, 0}},
      {"who has nothing there goes first", {holding("a", 0)}, {holding("a", 5), holding("c", 1)}, 1, {1}},
      {"sources that have the same are as one", {}, {holding("a", 1), holding("b", 2)}, 2, {1, 0}},
      {"places for more than wait", {}, {holding("a", 1)}, 9, {0}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK(choose_next(row.under_way, row.waiting, row.places) == row.chosen);
  }
}

}  // namespace
}  // namespace understudy::http
