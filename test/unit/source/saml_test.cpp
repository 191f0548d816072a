#include "understudy/source/saml.hpp"

#include <fstream>
#include <string>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/crypto.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

struct Stage {
  fakes::TempFolder folder;
  std::string path = (folder / "assertion").string();
  fakes::FakeSurroundings surroundings;

  SamlSource::Settings settings() {
    SamlSource::Settings out;
    out.call.role_arn = "arn:aws:iam::111122223333:role/corp";
    out.call.principal_arn = "arn:aws:iam::111122223333:saml-provider/idp";
    return out;
  }
  Result<aws::Credentials> from_file() {
    auto with = settings();
    with.assertion.file = path;
    return SamlSource(surroundings.get(), with).get(Freshness::kCached);
  }
  Result<aws::Credentials> from_command() {
    auto with = settings();
    with.assertion.command = "idp-login";
    return SamlSource(surroundings.get(), with).get(Freshness::kCached);
  }
  [[nodiscard]] std::string assertion(std::size_t call) const {
    const auto asked = surroundings.sts.asked().at(call);
    CHECK(asked.key_id.empty());
    return std::string(std::get<aws::AssumeRoleWithSaml>(asked.call).saml_assertion.reveal());
  }
};

TEST_CASE("an assertion comes from a file, as base64 or as XML that is encoded") {
  Stage stage;
  std::ofstream(stage.path) << "PHNhbWw+\n";
  const auto got = stage.from_file();
  REQUIRE(got.has_value());
  CHECK(got->role_arn == "arn:aws:iam::111122223333:role/corp");
  std::ofstream(stage.path) << "<saml>\n</saml>\n";
  REQUIRE(stage.from_file().has_value());
  CHECK(stage.assertion(0) == "PHNhbWw+");
  CHECK(stage.assertion(1) == base64("<saml>\n</saml>"));
}

TEST_CASE("an assertion comes from a command, run at each call") {
  Stage stage;
  stage.surroundings.commands.then(Secret("PHNhbWw+\n"));
  stage.surroundings.commands.then(Secret(" \n"));
  stage.surroundings.commands.then(Error{Error::Kind::kUnavailable, "CommandFailed", "it ended with status 1"});
  REQUIRE(stage.from_command().has_value());
  CHECK(stage.from_command().error().code == "EmptyToken");
  CHECK(stage.from_command().error().code == "CommandFailed");
  CHECK(stage.surroundings.commands.texts().size() == 3);
  CHECK(stage.assertion(0) == "PHNhbWw+");
}

TEST_CASE("an assertion that has ended is for a person to renew") {
  Stage stage;
  std::ofstream(stage.path) << "PHNhbWw+";
  stage.surroundings.sts.then(Error{Error::Kind::kExpired, "ExpiredToken", "Response has expired"});
  const auto ended = stage.from_file();
  REQUIRE_FALSE(ended.has_value());
  CHECK(ended.error().kind == Error::Kind::kActionNeeded);
  CHECK(ended.error().message.find("log in at the identity provider again") != std::string::npos);
}

}  // namespace
}  // namespace understudy::source
