#include "understudy/base/key_index.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

struct Role {
  std::string name;
  int number = 0;
};

TEST_CASE("elements are found by their key, the first of equal ones, and no other") {
  const std::vector<Role> roles{{"app", 1}, {"audit", 2}, {"app", 3}, {"", 4}};
  const KeyIndex index(roles, &Role::name);
  REQUIRE(index.find("app") == &roles[0]);
  CHECK(index.find("audit") == &roles[1]);
  CHECK(index.find("") == &roles[3]);
  for (const char* const key : {"ap", "apps", "App", " app"}) {
    CAPTURE(key);
    CHECK(index.find(key) == nullptr);
  }
}

TEST_CASE("where there is nothing, nothing is found") {
  const std::vector<Role> none;
  CHECK(KeyIndex(none, &Role::name).find("app") == nullptr);
}

}  // namespace
}  // namespace understudy
