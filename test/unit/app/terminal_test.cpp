#include "understudy/app/terminal.hpp"

#include <string>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

TEST_CASE("a typed line is a code, with or without the role that it is for") {
  struct Row {
    const char* line;
    std::optional<TypedCode> means;
  };
  const Row rows[] = {
      {"123456\n", TypedCode{"", "123456"}},
      {"  app   123456 \n", TypedCode{"app", "123456"}},
      {"my team\t123456", TypedCode{"my team", "123456"}},
      {"12345\n", std::nullopt},
      {"app 1234567\n", std::nullopt},
      {"app\n", std::nullopt},
      {"\n", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    CHECK(read_typed_code(row.line) == row.means);
  }
}

}  // namespace
}  // namespace understudy::app
