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

constexpr const char* kOtherArn = "arn:aws:iam::444455556666:role/other";
const std::vector<std::string> kTargets{"/role/played", std::string("/role-arn/") + kPlayedArn};

/// A role that associations of Pod Identity alone name, one that nothing names, and one that an entry serves.
struct Stage {
  explicit Stage(bool on_demand, const std::string& arn = "")
      : pod("pod", arn),
        containers(entries, {{}, false, ""}, surroundings.clock, surroundings.log,
                   {CompatRoles({{&pod, &spare, &open}, open_roles(entries), guarded_roles(entries), {&pod}},
                                on_demand ? &others : nullptr)}) {
    fetch(spare, kOtherArn);
    fetch(open, "arn:aws:iam::444455556666:role/open");
  }
  void fetch(fakes::FakeRole& role, const std::string& arn) {
    auto credentials = fakes::some_credentials(surroundings.clock.wall(), std::string(role.key()));
    credentials.role_arn = arn;
    role.publish(credentials);
  }
  Response ask(const std::string& target) { return answer_now(containers, get(target)); }

  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base{surroundings.clock};
  source::OnDemandRoles others{surroundings.get(), base, 4};
  fakes::FakeRole pod;
  fakes::FakeRole spare{"spare"};
  fakes::FakeRole open{"open"};
  std::vector<ContainerCredential> entries{{"open", "", &open, std::nullopt}};
  Containers containers;
};

TEST_CASE("a role that is for pods alone is given by no path, and played by no other role in its place") {
  for (const bool on_demand : {false, true}) {
    for (const char* configured : {"", kPlayedArn}) {
      CAPTURE(on_demand);
      CAPTURE(configured);
      Stage stage(on_demand, configured);
      stage.fetch(stage.pod, kPlayedArn);
      for (const auto& target : kTargets) {
        const auto refused = stage.ask(target);
        check_error(refused, 403, "RoleOfPods");
        CHECK(refused.body.view().find(R"(role \"pod\" of the configuration is for pods alone)") !=
              std::string_view::npos);
      }
      CHECK(stage.surroundings.sts.asked().empty());
      check_role(stage.ask("/role/open"), stage.open);
      check_role(stage.ask("/role/other"), stage.spare);
    }
  }
}

TEST_CASE("a second role of the same ARN leads to no role of pods, but where an entry gives it") {
  Stage stage(false);
  stage.fetch(stage.pod, kPlayedArn);
  stage.fetch(stage.spare, kPlayedArn);
  for (const auto& target : kTargets) {
    check_error(stage.ask(target), 403, "RoleOfPods");
  }
  stage.fetch(stage.open, kPlayedArn);
  for (const auto& target : kTargets) {
    check_role(stage.ask(target), stage.open);
  }
}

TEST_CASE("while it may be a role of pods, nothing is played on demand, nor given that is in no entry") {
  Stage stage(true);
  for (const auto* target : {"/role/other", "/role/another"}) {
    CAPTURE(target);
    check_error(stage.ask(target), 503, "CredentialsUninitialized");
    const auto answer = stage.containers.answer(get(target), Patience::kMayWait);
    REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  }
  check_role(stage.ask("/role/open"), stage.open);
  CHECK(stage.surroundings.sts.asked().empty());
  stage.fetch(stage.pod, kPlayedArn);
  check_role(stage.ask("/role/other"), stage.spare);
}

}  // namespace
}  // namespace understudy::service
