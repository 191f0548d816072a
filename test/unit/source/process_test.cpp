#include "understudy/source/process.hpp"

#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

const std::string kWhole = R"({"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "fake-secret",
  "SessionToken": "fake-token", "Expiration": "2026-11-21T01:00:00+01:00", "AccountId": "111122223333"})";

Result<aws::Credentials> parse(const std::string& text) { return parse_process_document(text, "the process"); }

TEST_CASE("what the command prints is read, times with offsets too") {
  fakes::FakeSurroundings surroundings;
  surroundings.commands.then(Secret(kWhole));
  ProcessSource source(surroundings.get(), {"helper --json", "the process of role dev"});
  const auto got = source.get(Freshness::kCached);
  REQUIRE(got.has_value());
  CHECK(got->access_key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(got->secret_access_key == Secret("fake-secret"));
  CHECK(got->session_token == Secret("fake-token"));
  CHECK(got->expiration == parse_iso8601("2026-11-21T00:00:00Z"));
  CHECK(got->account_id == "111122223333");
  CHECK(got->obtained == surroundings.clock.wall());
  CHECK(surroundings.commands.texts() == std::vector<std::string>{"helper --json"});
}

TEST_CASE("a failing command's error is passed on") {
  fakes::FakeSurroundings surroundings;
  ProcessSource source(surroundings.get(), {"helper", "the process"});
  CHECK(source.get(Freshness::kCached).error().code == "CommandFailed");
}

TEST_CASE("permanent keys have neither token nor end") {
  const auto got = parse(R"({"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s",
                             "SessionToken": null, "Expiration": ""})");
  REQUIRE(got.has_value());
  CHECK_FALSE(got->session_token);
  CHECK_FALSE(got->expiration);
}

TEST_CASE("anything else is an error that says what was expected and quotes nothing") {
  const std::string keys = R"("AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "fake-secret")";
  for (const auto& text : {std::string(), std::string("fake-secret"), std::string("[1]"), "{" + keys + "}",
                           "{\"Version\": 2, " + keys + "}", "{\"Version\": \"1\", " + keys + "}",
                           std::string(R"({"Version": 1, "SecretAccessKey": "fake-secret"})"),
                           std::string(R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": ""})"),
                           "{\"Version\": 1, " + keys + R"(, "SessionToken": 7})",
                           "{\"Version\": 1, " + keys + R"(, "Expiration": "soon"})",
                           "{\"Version\": 1, " + keys + R"(, "Expiration": 1795219200})"}) {
    CAPTURE(text);
    const auto got = parse(text);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().kind == Error::Kind::kUnavailable);
    CHECK(got.error().code == "BadProcessOutput");
    CHECK(got.error().message.starts_with("the process printed "));
    CHECK(got.error().message.find("fake-secret") == std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::source
