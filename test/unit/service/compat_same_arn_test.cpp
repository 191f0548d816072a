#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compat_checks.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/fake_surroundings.hpp"
#include "get_request.hpp"
#include "understudy/service/compat_roles.hpp"
#include "understudy/service/containers.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

/// A role with a token, one that no entry serves, and one that an entry serves to everybody, in either order.
struct SameArns {
  explicit SameArns(bool guarded_first, const std::string& arn = "")
      : guarded("guarded", arn), spare("spare", arn), open("open", arn), entries{{"g", "", &guarded, Secret(kToken)}} {
    all = guarded_first ? std::vector<source::Role*>{&guarded, &spare} : std::vector<source::Role*>{&spare, &guarded};
  }
  void serve_open() {
    entries.push_back({"o", "", &open, std::nullopt});
    all.push_back(&open);
  }
  void fetch(fakes::FakeRole& role, const std::string& arn) {
    auto credentials = fakes::some_credentials(surroundings.clock.wall(), std::string(role.key()));
    credentials.role_arn = arn;
    role.publish(credentials);
  }
  Answer ask(const std::string& target, const Headers& headers = {}, Patience patience = Patience::kMustAnswer) {
    Containers containers(entries, {{}, false, ""}, surroundings.clock, surroundings.log,
                          {CompatRoles({all, open_roles(entries), guarded_roles(entries)}, nullptr)});
    return containers.answer(get(target, headers), patience);
  }
  Response now(const std::string& target, const Headers& headers = {}) {
    return std::get<Response>(ask(target, headers));
  }

  fakes::FakeSurroundings surroundings;
  fakes::FakeRole guarded;
  fakes::FakeRole spare;
  fakes::FakeRole open;
  std::vector<ContainerCredential> entries;
  std::vector<source::Role*> all;
};

TEST_CASE("of roles with one ARN, none leads past the token of another to what no entry gives") {
  for (const bool guarded_first : {true, false}) {
    for (const char* configured : {"", kPlayedArn}) {
      CAPTURE(guarded_first);
      CAPTURE(configured);
      SameArns stage(guarded_first, configured);
      for (auto* const role : {&stage.guarded, &stage.spare, &stage.open}) {
        stage.fetch(*role, kPlayedArn);
      }
      const std::vector<std::string> targets{"/role/played", std::string("/role-arn/") + kPlayedArn};
      for (const auto& target : targets) {
        check_error(stage.now(target), 401, "AuthorizationFailed");
        check_role(stage.now(target, {{"Authorization", kToken}}), stage.guarded);
      }
      stage.serve_open();
      for (const auto& target : targets) {
        check_role(stage.now(target), stage.open);
      }
    }
  }
}

TEST_CASE("what no entry gives is kept back while it may be the role of a guarded one") {
  for (const bool guarded_first : {true, false}) {
    SameArns stage(guarded_first);
    stage.serve_open();
    stage.fetch(stage.spare, kPlayedArn);
    stage.fetch(stage.open, "arn:aws:iam::444455556666:role/open");
    check_error(stage.now("/role/played"), 503, "CredentialsUninitialized");
    const auto answer = stage.ask("/role/played", {}, Patience::kMayWait);
    REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
    int woken = 0;
    std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
    stage.guarded.fail({Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
    CHECK(woken == 1);
    check_error(std::get<Response>(stage.ask("/role/played", {}, Patience::kMayWait)), 503, "CredentialsUninitialized");
    check_role(stage.now("/role/open"), stage.open);
    stage.fetch(stage.guarded, "arn:aws:iam::444455556666:role/another");
    check_role(stage.now("/role/played"), stage.spare);
    stage.fetch(stage.guarded, kPlayedArn);
    check_error(stage.now("/role/played"), 401, "AuthorizationFailed");
  }
}

}  // namespace
}  // namespace understudy::service
