#include "understudy/service/identity_keys.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

const WallTime kNow = fakes::FakeClock().wall();

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::string certificates_of(const IdentityKeys& keys) {
  return keys[0].certificate_pem() + keys[1].certificate_pem() + keys[2].certificate_pem();
}

std::string certificates_of(const Result<IdentityKeys>& keys) {
  return keys ? certificates_of(*keys) : keys.error().message;
}

TEST_CASE("a folder that is missing is made with its keys, for its owner alone, and they are the same from then on") {
  const fakes::TempFolder folder;
  const auto place = folder / "deeper/identity";
  const auto first = keep_identity_keys(place, kNow);
  REQUIRE(first);
  CHECK(mode_of(place) == 0700);
  CHECK(mode_of(place.parent_path()) == 0700);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(place)) {
    CHECK(mode_of(entry.path()) == 0600);
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  CHECK(names == std::vector<std::string>{"pkcs7.pem", "rsa2048.pem", "signature.pem"});
  CHECK(certificates_of(keep_identity_keys(place, kNow)) == certificates_of(first));
}

TEST_CASE("one that is missing is made, the others stay") {
  const fakes::TempFolder folder;
  const auto first = keep_identity_keys(folder.path(), kNow);
  REQUIRE(first);
  std::filesystem::remove(folder / "pkcs7.pem");
  const auto second = keep_identity_keys(folder.path(), kNow);
  REQUIRE(second);
  CHECK((*second)[0].certificate_pem() == (*first)[0].certificate_pem());
  CHECK((*second)[1].certificate_pem() != (*first)[1].certificate_pem());
  CHECK((*second)[2].certificate_pem() == (*first)[2].certificate_pem());
}

TEST_CASE("those who make them at once get the same") {
  const fakes::TempFolder folder;
  std::vector<std::string> got(4);
  std::vector<std::thread> threads;
  for (auto& one : got) {
    threads.emplace_back([&] { one = certificates_of(keep_identity_keys(folder / "identity", kNow)); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(got[0].starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(std::ranges::count(got, got[0]) == 4);
}

TEST_CASE("a file that is no key is an error that names it and says what to do, and stays as it is") {
  const fakes::TempFolder folder;
  const auto path = folder / "rsa2048.pem";
  REQUIRE(write_file_atomically(path, "not for your eyes", 0600));
  const auto kept = keep_identity_keys(folder.path(), kNow);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == "BadSigner");
  CHECK(kept.error().message ==
        path.string() +
            " does not hold what it should: a private RSA key of 2048 bits in PEM form, not encrypted, and the "
            "certificate for it; delete the file and a good one is made");
  const auto checked = check_identity_keys(folder.path());
  REQUIRE_FALSE(checked);
  CHECK(checked.error() == kept.error());
  CHECK(read_file(path).value() == "not for your eyes");
}

TEST_CASE("checking makes the folder and no keys") {
  const fakes::TempFolder folder;
  CHECK(check_identity_keys(folder / "identity"));
  CHECK(mode_of(folder / "identity") == 0700);
  CHECK(std::filesystem::is_empty(folder / "identity"));
  REQUIRE(write_file_atomically(folder / "file", "", 0600));
  CHECK_FALSE(check_identity_keys(folder / "file"));
  CHECK_FALSE(keep_identity_keys(folder / "file", kNow));
}

TEST_CASE("signatures are bare base64 in lines of 76 characters") {
  const auto made = sign_identity(make_identity_keys(kNow), "{\n}", kNow);
  for (const auto& text : {made.signature, made.pkcs7, made.rsa2048}) {
    auto lines = split(*text, '\n');
    REQUIRE(lines.size() > 2);
    std::string joined;
    for (const auto line : lines) {
      joined += line;
    }
    CHECK(unbase64(joined));
    CHECK_FALSE(lines.back().empty());
    CHECK(lines.back().size() <= 76);
    lines.pop_back();
    CHECK(std::ranges::all_of(lines, [](auto line) { return line.size() == 76; }));
  }
}

}  // namespace
}  // namespace understudy::service
