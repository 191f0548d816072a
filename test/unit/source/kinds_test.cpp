#include <set>
#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"
#include "understudy/base/time_text.hpp"
#include "unit/source/reading.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using fakes::list;
using fakes::map;
using fakes::text;

/// The AssumeRole that the blueprint makes of it.
aws::AssumeRole call_of(const Read& read) {
  INFO(read.complaints());
  REQUIRE(read.blueprint);
  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base(surroundings.clock);
  REQUIRE(read.blueprint->build(surroundings.get(), &base)->get(Freshness::kCached));
  return surroundings.sts.assume_role(0);
}

const std::string kArn = "arn:aws:iam::111122223333:role/app";

TEST_CASE("every way has a name of its own") {
  std::set<std::string_view> names;
  for (const auto& kind : kinds()) {
    CAPTURE(kind.name);
    CHECK(names.insert(kind.name).second);
  }
}

TEST_CASE("assume_role in short takes an ARN, and duration and session_name beside it") {
  auto short_form = read("assume_role", text(kArn));
  CHECK(short_form.problems.empty());
  CHECK(short_form.blueprint->role_arn() == kArn);
  CHECK(short_form.blueprint->describe() == "assume role " + kArn);
  CHECK(short_form.blueprint->needs_base() == Blueprint::NeedsBase::kRequired);
  const auto call = call_of(short_form);
  CHECK(call.role_session_name == "understudy-app");
  CHECK_FALSE(call.duration);

  const auto more = call_of(read("assume_role", text(kArn), {{"duration", text("2h")}, {"session_name", text("me")}}));
  CHECK(more.role_session_name == "me");
  // The base of this test is temporary, so that the two hours are cut.
  CHECK(more.duration == std::chrono::hours(1));
}

TEST_CASE("assume_role in full takes every parameter") {
  const auto policy = R"({"Version":"2012-10-17","Statement":[]})";
  const auto call = call_of(read(
      "assume_role",
      map({{"arn", text(kArn)},
           {"session_name", text("me")},
           {"external_id", text("x-1")},
           {"duration", text("15m")},
           {"tags", map({{"team", text("a")}, {"env", text("")}})},
           {"transitive_tags", list({text("team")})},
           {"policy", text(policy)},
           {"policy_arns", list({text("arn:aws:iam::aws:policy/ReadOnlyAccess")})},
           {"source_identity", text("alice")},
           {"mfa", map({{"serial", text("arn:aws:iam::111122223333:mfa/alice")}, {"token", text("123456")}})},
           {"provided_contexts", list({map({{"provider_arn", text("arn:aws:iam::aws:contextProvider/IdentityCenter")},
                                            {"assertion", text("assertion")}})})}})));
  CHECK(call.role_arn == kArn);
  CHECK(call.role_session_name == "me");
  CHECK(call.external_id == "x-1");
  CHECK(call.duration == std::chrono::minutes(15));
  CHECK(call.tags == aws::Tags{{"team", "a"}, {"env", ""}});
  CHECK(call.transitive_tag_keys == std::vector<std::string>{"team"});
  CHECK(call.policies.policy == policy);
  CHECK(call.policies.policy_arns == std::vector<std::string>{"arn:aws:iam::aws:policy/ReadOnlyAccess"});
  CHECK(call.source_identity == "alice");
  CHECK(call.serial_number == "arn:aws:iam::111122223333:mfa/alice");
  CHECK(call.token_code == "123456");
  REQUIRE(call.provided_contexts.size() == 1);
  CHECK(call.provided_contexts[0].assertion == "assertion");
}

TEST_CASE("what is wrong in an entry is named with its place") {
  struct Row {
    std::string way;
    Node value;
    std::string complaint;
  };
  const auto with = [](std::string key, Node value) {
    return map({{"arn", text(kArn)}, {std::move(key), std::move(value)}});
  };
  const std::vector<Row> rows{
      {"assume_role", text("app"), "roles.app.assume_role: "},
      {"assume_role", text("arn:aws:sts::111122223333:assumed-role/app/me"), "roles.app.assume_role: "},
      {"assume_role", map({}), "roles.app.assume_role: \"arn\" is required"},
      {"assume_role", list({}), "roles.app.assume_role: expected a map"},
      {"assume_role", map({{"arn", text("x")}}), "roles.app.assume_role.arn: "},
      {"assume_role", with("duration", text("14m")), "roles.app.assume_role.duration: expected a duration from 15m"},
      {"assume_role", with("duration", text("13h")), "roles.app.assume_role.duration: expected a duration from 15m"},
      {"assume_role", with("extenal_id", text("x")), "roles.app.assume_role.extenal_id: unknown key; did you mean"},
      {"assume_role", with("session_name", text("a b")), "roles.app.assume_role: STS would refuse this: "},
      {"assume_role", with("mfa", map({})), "roles.app.assume_role.mfa: \"serial\" is required"},
      {"assume_role", with("mfa", map({{"serial", text("0123456789")}, {"tok", text("1")}})), "mfa.tok: unknown key"},
      {"assume_role", with("provided_contexts", text("x")), "provided_contexts: expected a list"},
      {"assume_role", with("provided_contexts", list({map({{"assertion", text("x")}})})),
       "provided_contexts[0]: \"provider_arn\" is required"},
      {"assume_role", map({{"arn", text(kArn)}, {"policy", text("{}")}, {"policy_file", text("p.json")}}),
       "roles.app.assume_role.policy_file: expected policy or policy_file, not both"},
      {"static", text("x"), "roles.app.static: expected a map"},
      {"static", map({{"access_key_id", text("AKIAIOSFODNN7EXAMPLE")}}), "\"secret_access_key\" is required"},
      {"static", map({{"secret_access_key", text("s")}}), "\"access_key_id\" is required"},
      {"static",
       map({{"access_key_id", text("AKIAIOSFODNN7EXAMPLE")},
            {"secret_access_key", text("s")},
            {"session_token", text("")}}),
       "session_token: expected a session token"},
      {"static",
       map({{"access_key_id", text("AKIAIOSFODNN7EXAMPLE")},
            {"secret_access_key", text("s")},
            {"expiration", text("soon")}}),
       "roles.app.static.expiration: expected a time such as"},
      {"environment", text("yes"), "roles.app.environment: expected true"},
      {"environment", map({}), "roles.app.environment: expected true"},
      {"profile", text(""), "roles.app.profile: expected a profile's name"},
      {"profile", map({}), "roles.app.profile: expected a profile's name"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.complaint);
    const auto got = read(row.way, row.value);
    CHECK_FALSE(got.blueprint);
    CAPTURE(got.complaints());
    CHECK(got.complaints().find(row.complaint) != std::string::npos);
    CHECK(got.problems.size() == 1);
  }
}

TEST_CASE("only the short form has something beside it") {
  const auto got = read("assume_role", map({{"arn", text(kArn)}}), {{"duration", text("1h")}});
  CHECK(got.complaints().find("roles.app.duration: unknown key") != std::string::npos);

  const auto short_form = read("assume_role", text(kArn), {{"duration", text("1m")}});
  CHECK(short_form.complaints() == "roles.app.duration: expected a duration from 15m to 12h\n");
}

TEST_CASE("static keys are what was written, and know whether an endpoint could serve them") {
  auto permanent = read("static", map({{"access_key_id", text("AKIAIOSFODNN7EXAMPLE")},
                                       {"secret_access_key", text("s")},
                                       {"account_id", text("111122223333")}}));
  REQUIRE(permanent.blueprint);
  CHECK(permanent.blueprint->has_permanent_keys());
  CHECK(permanent.blueprint->describe() == "static keys ...MPLE");
  CHECK(permanent.blueprint->needs_base() == Blueprint::NeedsBase::kNo);
  fakes::FakeSurroundings surroundings;
  auto source = permanent.blueprint->build(surroundings.get(), nullptr);
  const auto got = source->get(Freshness::kCached);
  REQUIRE(got);
  CHECK(got->access_key_id == "AKIAIOSFODNN7EXAMPLE");
  CHECK(got->account_id == "111122223333");
  CHECK(got->obtained == surroundings.clock.wall());
  CHECK_FALSE(got->session_token);
  REQUIRE(source->own_keys().size() == 1);
  CHECK(source->own_keys()[0].secret_access_key == Secret("s"));

  auto temporary = read("static", map({{"access_key_id", text("ASIAIOSFODNN7EXAMPLE")},
                                       {"secret_access_key", text("s")},
                                       {"session_token", text("t")},
                                       {"expiration", text("2026-11-21T00:00:00Z")}}));
  REQUIRE(temporary.blueprint);
  CHECK_FALSE(temporary.blueprint->has_permanent_keys());
  source = temporary.blueprint->build(surroundings.get(), nullptr);
  CHECK(source->get(Freshness::kCached)->is_temporary());
  surroundings.clock.advance(std::chrono::hours(1));
  const auto ended = source->get(Freshness::kCached);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().kind == Error::Kind::kActionNeeded);
  CHECK(ended.error().message == "the keys in the configuration ended at 2026-11-21T00:00:00Z: put newer ones there");
}

TEST_CASE("environment and profile entries describe themselves") {
  CHECK(read("environment", text("true")).blueprint->describe() == "keys in the environment");
  CHECK(read("profile", text("dev")).blueprint->describe() == "profile dev");
}

}  // namespace
}  // namespace understudy::source
