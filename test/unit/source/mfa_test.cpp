#include "understudy/source/mfa.hpp"

#include <fstream>
#include <string>

#include "fakes/fake_surroundings.hpp"
#include "fakes/nodes.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/totp.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using fakes::map;
using fakes::text;

const std::string kSerial = "arn:aws:iam::111122223333:mfa/me";

struct Stage {
  fakes::TempFolder folder;
  fakes::FakeSurroundings surroundings;
  MfaCodes codes(const std::string& token, const std::string& command, const std::string& seed_file) {
    return {surroundings.get(), {kSerial, token, command, seed_file}, "role app"};
  }
};

TEST_CASE("a code that stands in the configuration is good once") {
  Stage stage;
  auto codes = stage.codes("123456", "", "");
  CHECK(codes.serial() == kSerial);
  CHECK(codes.next().value() == "123456");
  const auto again = codes.next();
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().kind == Error::Kind::kActionNeeded);
  CHECK(again.error().code == "MfaRequired");
}

TEST_CASE("a command's code is taken once, and waited for where it is the same again") {
  Stage stage;
  auto codes = stage.codes("", "device code", "");
  for (const char* printed : {"111111\n", "111111\n", " 222222 ", "", "12345", "1234567", "12a456"}) {
    stage.surroundings.commands.then(Secret(printed));
  }
  CHECK(codes.next().value() == "111111");
  CHECK(codes.next().error().code == "MfaCodeSpent");
  CHECK(codes.next().value() == "222222");
  for (int i = 0; i < 4; ++i) {
    CHECK(codes.next().error().code == "BadMfaCode");
  }
  CHECK(codes.next().error().code == "CommandFailed");
}

TEST_CASE("a seed gives one code each half minute") {
  Stage stage;
  const auto path = (stage.folder / "seed").string();
  auto codes = stage.codes("", "", path);
  CHECK(codes.next().error().kind == Error::Kind::kNotFound);
  std::ofstream(path) << "not base32!";
  CHECK(codes.next().error().code == "BadMfaSeed");
  std::ofstream(path) << "MEQHGZLFMQQG6ZRAN52XE4ZMEAZDAIDC\n";
  const auto first = codes.next();
  CHECK(first.value() == totp_code("a seed of ours, 20 b", totp_step(stage.surroundings.clock.wall())));
  const auto spent = codes.next();
  CHECK(spent.error().code == "MfaCodeSpent");
  CHECK(spent.error().is_transient());
  stage.surroundings.clock.advance(std::chrono::seconds(30));
  const auto second = codes.next();
  REQUIRE(second.has_value());
  CHECK(*second != *first);
}

TEST_CASE("without any of them a person is asked for") {
  Stage stage;
  const auto got = stage.codes("", "", "").next();
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == "MfaRequired");
  CHECK(got.error().message.find(kSerial) != std::string::npos);
}

TEST_CASE("a device has a serial and at most one way to its codes") {
  const auto complaints = [](std::vector<Node::Member> members) {
    std::vector<Problem> problems;
    static_cast<void>(read_mfa(map(std::move(members)), problems));
    return problems.size();
  };
  CHECK(complaints({{"serial", text(kSerial)}}) == 0);
  CHECK(complaints({{"serial", text(kSerial)}, {"command", text("x")}}) == 0);
  CHECK(complaints({{"command", text("x")}}) == 1);
  CHECK(complaints({{"serial", text(kSerial)}, {"token", text("12345")}}) == 1);
  CHECK(complaints({{"serial", text(kSerial)}, {"command", text("x")}, {"seed_file", text("y")}}) == 1);
  CHECK(complaints({{"serial", text(kSerial)}, {"comand", text("x")}}) == 1);
}

}  // namespace
}  // namespace understudy::source
