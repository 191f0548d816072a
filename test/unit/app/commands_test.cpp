#include "understudy/app/commands.hpp"

#include <string>
#include <utility>

#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

config::Config with_roles(const std::string& names) {
  std::string text = "roles:\n";
  std::string name;
  for (const char c : names + " ") {
    if (c != ' ') {
      name += c;
    } else {
      text += "  " + std::exchange(name, "") + ": {profile: x}\n";
    }
  }
  return config_of(text);
}

TEST_CASE("the role that is named is played, where there is one of that name") {
  CHECK(choose_role(with_roles("app audit"), "audit") == "audit");
  CHECK(choose_role(with_roles("app audit"), "aduit").empty());
}

TEST_CASE("where none is named it is the default one, or the only one") {
  CHECK(choose_role(with_roles("app default"), "") == "default");
  CHECK(choose_role(with_roles("app"), "") == "app");
  CHECK(choose_role(with_roles("app audit"), "").empty());
}

}  // namespace
}  // namespace understudy::app
