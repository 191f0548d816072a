#include "understudy/app/containers_wiring.hpp"

#include <fstream>
#include <string>

#include "fakes/fake_roles.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

struct Stage {
  Stage() {
    for (const char* key : {"app", "audit"}) {
      roles.add(key);
    }
    settings.callers.emplace();
  }
  void add(const std::string& id, const std::string& role, const std::string& token) {
    const auto file = folder / id;
    std::ofstream(file) << token;
    settings.credentials.push_back({id, role, file.string(), 0600, {}});
  }
  [[nodiscard]] Result<std::vector<service::ContainerCredential>> read() {
    return container_credentials(settings, roles);
  }

  fakes::TempFolder folder;
  fakes::FakeRoles roles;
  service::ContainersSettings settings;
};

TEST_CASE("a token of callers that would stand for two roles is refused, with both entries") {
  Stage stage;
  stage.add("one", "app", "a-token");
  stage.add("other", "audit", "another-token");
  stage.add("two", "audit", "a-token");
  const auto refused = stage.read();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Error::Kind::kInvalid);
  CHECK(refused.error().code == "SameToken");
  CHECK(
      refused.error().message.starts_with("containers.credentials.two.token_file: has the same content as that of "
                                          "entry one, whose role is another (app)"));
  CHECK(refused.error().message.find("a-token") == std::string::npos);
}

TEST_CASE("one token may stand for one role twice, and for several where no caller is told by it") {
  Stage stage;
  stage.add("one", "app", "a-token");
  stage.add("two", "app", "a-token");
  CHECK(stage.read());
  stage.add("three", "audit", "a-token");
  CHECK_FALSE(stage.read());
  stage.settings.callers.reset();
  CHECK(stage.read());
}

}  // namespace
}  // namespace understudy::app
