#include "understudy/service/token_file.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <stdlib.h>
#include <string>

#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

/// A folder of this test's own, gone when it ends.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "understudy-token-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path at(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

TEST_CASE("a missing token file is made: 32 random bytes, no newline, for its owner alone") {
  const Folder folder;
  const auto path = folder.at("new/deeper/app.token");
  const auto token = ensure_token_file(path, 0600);
  REQUIRE(token);
  CHECK(token->reveal().size() == 43);
  CHECK(unbase64url(token->reveal()).value_or("").size() == 32);
  CHECK(read_file(path).value() == token->reveal());
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(path.parent_path()) == 0700);
  CHECK(mode_of(path.parent_path().parent_path()) == 0700);
  const auto other = ensure_token_file(folder.at("other.token"), 0600);
  REQUIRE(other);
  CHECK_FALSE(*other == *token);
}

TEST_CASE("the mode is exact, whatever the umask") {
  const Folder folder;
  const auto before = umask(0077);
  const auto token = ensure_token_file(folder.at("app.token"), 0640);
  umask(before);
  REQUIRE(token);
  CHECK(mode_of(folder.at("app.token")) == 0640);
}

TEST_CASE("a token file that is there is read and left as it is") {
  const Folder folder;
  const auto path = folder.at("app.token");
  REQUIRE(write_file_atomically(path, "a-token-of-my-own", 0644));
  const auto token = ensure_token_file(path, 0600);
  REQUIRE(token);
  CHECK(token->reveal() == "a-token-of-my-own");
  CHECK(mode_of(path) == 0644);
  CHECK(*ensure_token_file(path, 0600) == *token);
}

TEST_CASE("a token file that clients could not use is an error that names the path, not the content") {
  const Folder folder;
  const auto path = folder.at("app.token");
  for (const std::string content :
       {"", "hush-hush\n", "hush-hush\r\n", "hush hush", "hush-hush\x01", "hush-h\xC3\xBCsh"}) {
    CAPTURE(content);
    REQUIRE(write_file_atomically(path, content, 0600));
    const auto token = ensure_token_file(path, 0600);
    REQUIRE_FALSE(token);
    CHECK(token.error().kind == Error::Kind::kInvalid);
    CHECK(token.error().code == "TokenFileError");
    CHECK(token.error().message.find(path.string()) != std::string::npos);
    CHECK(token.error().message.find("hush") == std::string::npos);
    CHECK(read_file(path).value() == content);
  }
  REQUIRE(write_file_atomically(path, std::string(4097, 'x'), 0600));
  CHECK_FALSE(ensure_token_file(path, 0600));
}

TEST_CASE("a folder that can not be made is an error") {
  const Folder folder;
  REQUIRE(write_file_atomically(folder.at("file"), "x", 0600));
  CHECK_FALSE(ensure_token_file(folder.at("file/app.token"), 0600));
}

}  // namespace
}  // namespace understudy::service
