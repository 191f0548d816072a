#include "understudy/http/holdings.hpp"

#include <chrono>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

Holding holding(std::string_view source, std::size_t bytes, int second) {
  return {source, bytes, std::chrono::steady_clock::time_point(std::chrono::seconds(second))};
}

TEST_CASE("half-sent requests make room: the oldest of the source that holds most, and no more than it takes") {
  struct Row {
    const char* why;
    std::vector<Holding> holdings;
    std::size_t wanted;
    std::vector<std::size_t> chosen;
  };
  const std::vector<Row> rows{
      {"nobody is there", {}, 10, {}},
      {"nothing is wanted", {holding("a", 10, 1)}, 0, {}},
      {"one source: the oldest", {holding("a", 10, 3), holding("a", 10, 1), holding("a", 10, 2)}, 10, {1}},
      {"one source: the oldest two", {holding("a", 10, 3), holding("a", 10, 1), holding("a", 10, 2)}, 11, {1, 2}},
      {"an older one of a source that holds less stays",
       {holding("b", 15, 1), holding("a", 10, 2), holding("a", 10, 3)},
       10,
       {1}},
      {"the source that holds most is closed as far as that is enough, then the next one",
       {holding("c", 5, 1), holding("b", 15, 2), holding("a", 10, 3), holding("a", 10, 4)},
       21,
       {2, 3, 1}},
      {"sources that hold the same are as one", {holding("b", 10, 2), holding("a", 10, 1)}, 10, {1}},
      {"it is not enough: all", {holding("a", 10, 2), holding("a", 10, 1), holding("b", 5, 3)}, 100, {1, 0, 2}},
      {"Unix sockets are one source", {holding("", 10, 2), holding("", 10, 1), holding("a", 15, 0)}, 10, {1}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK(choose_released(row.holdings, row.wanted) == row.chosen);
  }
}

}  // namespace
}  // namespace understudy::http
