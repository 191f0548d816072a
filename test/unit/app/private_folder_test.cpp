#include "understudy/app/private_folder.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

namespace fs = std::filesystem;

TEST_CASE("the folder is for its owner alone and goes with its object") {
  fs::path path;
  {
    const auto folder = PrivateFolder::make(Environment());
    REQUIRE(folder.has_value());
    path = folder->path();
    CHECK(fs::status(path).permissions() == fs::perms::owner_all);
    std::ofstream(path / "token") << "x";
    fs::create_directory(path / "deeper");
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("it is made where the environment says, or else where that is possible") {
  const auto outer = PrivateFolder::make(Environment());
  REQUIRE(outer.has_value());
  const auto inner = PrivateFolder::make(Environment({{"XDG_RUNTIME_DIR", outer->path().string()}}));
  REQUIRE(inner.has_value());
  CHECK(inner->path().parent_path() == outer->path());
  const auto fallback =
      PrivateFolder::make(Environment({{"XDG_RUNTIME_DIR", "/nonexistent"}, {"TMPDIR", outer->path().string()}}));
  REQUIRE(fallback.has_value());
  CHECK(fallback->path().parent_path() == outer->path());
}

TEST_CASE("a folder that was moved is removed once, by its new owner") {
  auto first = PrivateFolder::make(Environment());
  REQUIRE(first.has_value());
  const auto path = first->path();
  std::optional<PrivateFolder> second(std::move(*first));
  CHECK(fs::exists(path));
  CHECK(second->path() == path);
  second.reset();
  CHECK_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace understudy::app
