#include "understudy/app/application.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "fakes/raw_socket.hpp"
#include "fakes/sts_caller.hpp"
#include "fakes/temp_folder.hpp"
#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a role, and the chain that starts from it, are served and are who they say") {
  Serving serving(kChain);
  serving.start();
  const auto app = serving.get("containers", "/v2/credentials/app");
  CHECK(app.status == 200);
  CHECK(holds(app, R"("RoleArn":"arn:aws:iam::111122223333:role/app")"));
  const auto audit = serving.get("containers", "/v2/credentials/audit");
  CHECK(audit.status == 200);
  CHECK(holds(audit, R"("RoleArn":"arn:aws:iam::444455556666:role/audit")"));
  CHECK(serving.get("imds", "/latest/meta-data/iam/security-credentials/").body.view() == "app");
  CHECK(holds(serving.get("imds", "/latest/meta-data/iam/security-credentials/app"), R"("Code" : "Success")"));

  const auto state = serving.application().role("audit")->state();
  REQUIRE(state->credentials.has_value());
  HandlerClient http(*serving.application().sts());
  const auto who = fakes::StsCaller(http, serving.clock).call(aws::GetCallerIdentity{}, &*state->credentials);
  REQUIRE(who.has_value());
  CHECK(who->arn == "arn:aws:sts::444455556666:assumed-role/audit/me");
}

TEST_CASE("what the listeners serve is there before they open, and no client causes a call") {
  Serving serving(kChain);
  CHECK(serving.application().role("app")->state()->is_cold());
  serving.start();
  CHECK(serving.application().role("app")->state()->credentials.has_value());
  CHECK(serving.application().role("audit")->state()->credentials.has_value());
  for (int i = 0; i < 3; ++i) {
    CHECK(serving.get("containers", "/v2/credentials/app").status == 200);
  }
  CHECK(serving.application().sts()->calls("AssumeRole") == 2);
}

TEST_CASE("more roles than are fetched ahead are fetched by their first request") {
  std::string text =
      "region: us-east-1\nlisten: {containers: 127.0.0.1:0}\nsts: {endpoint: embedded}\nroles:\n"
      "  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}\n";
  std::string credentials;
  for (int i = 0; i < 66; ++i) {
    const auto name = "r" + std::to_string(100 + i);
    text += "  " + name + ": {assume_role: arn:aws:iam::111122223333:role/" + name + ", source: base}\n";
    credentials += "    " + name + ": {role: " + name + "}\n";
  }
  Serving serving(text + "containers:\n  credentials:\n" + credentials);
  serving.start();
  CHECK(serving.application().sts()->calls("AssumeRole") == 64);
  CHECK(serving.application().role("r164")->state()->is_cold());
  CHECK(serving.get("containers", "/v2/credentials/r165").status == 200);
  CHECK(serving.application().sts()->calls("AssumeRole") == 65);
}

TEST_CASE("a role that STS refuses is refused to clients in the words of their endpoint") {
  std::string text(kChain);
  text.replace(text.find("embedded}"), 9,
               "embedded, trust: {arn:aws:iam::111122223333:role/app: {principals: ['999988887777']}}}");
  Serving serving(text);
  serving.start();
  const auto imds = serving.get("imds", "/latest/meta-data/iam/security-credentials/app");
  CHECK(imds.status == 200);
  CHECK(holds(imds, R"("Code" : "AssumeRoleUnauthorizedAccess")"));
  const auto app = serving.get("containers", "/v2/credentials/app");
  CHECK(app.status == 403);
  CHECK(holds(app, R"("code":"AccessDenied")"));
  CHECK(holds(app, "is not authorized to perform: sts:AssumeRole"));
}

TEST_CASE("an STS that is not there hinders no start") {
  Serving serving(
      "region: us-east-1\nlisten: {imds: 127.0.0.1:0, containers: 127.0.0.1:0}\nsts: {endpoint: 'http://127.0.0.1:1'}\n"
      "roles:\n  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}\n"
      "  app: {assume_role: arn:aws:iam::111122223333:role/app, source: base}\n"
      "imds: {role: app, tokens: optional}\ncontainers: {credentials: {app: {role: app}}}\n");
  serving.start();
  const auto app = serving.get("containers", "/v2/credentials/app");
  CHECK(app.status == 503);
  CHECK(holds(app, R"("code":"CredentialsUninitialized")"));
  CHECK(holds(app, "http://127.0.0.1:1"));
  const auto imds = serving.get("imds", "/latest/meta-data/iam/security-credentials/app");
  CHECK(imds.status == 503);
  CHECK(imds.body.view().empty());
  CHECK(serving.application().sts() == nullptr);
}

TEST_CASE("a token file is made before the start, and its content is asked for") {
  const fakes::TempFolder folder;
  const auto path = folder / "run" / "audit.token";
  std::string text(kChain);
  text.replace(text.find("{role: audit}"), 13, "{role: audit, token_file: " + path.string() + "}");
  Serving serving(text);
  REQUIRE(std::filesystem::exists(path));
  std::string token;
  std::ifstream(path) >> token;
  serving.start();
  CHECK(serving.get("containers", "/v2/credentials/audit").status == 401);
  CHECK(serving.get("containers", "/v2/credentials/audit", {{"Authorization", "other"}}).status == 401);
  CHECK(serving.get("containers", "/v2/credentials/audit", {{"Authorization", token}}).status == 200);
}

TEST_CASE("no token file is made where nothing listens that would ask for it") {
  const fakes::TempFolder folder;
  const auto path = folder / "audit.token";
  std::string text(kChain);
  text.replace(text.find("{role: audit}"), 13, "{role: audit, token_file: " + path.string() + "}");
  text.replace(text.find(" containers: 127.0.0.1:0,"), 25, "");
  Serving serving(text);
  serving.start();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("one key id with two secrets builds nothing") {
  std::string text(kChain);
  text.insert(text.find("  app: {assume"),
              "  other: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: another-fake}}\n");
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  const auto built = Application::build(config_of(text), bare_environment(), clock, log);
  REQUIRE_FALSE(built.has_value());
  CHECK(built.error().code == "DuplicateKey");
  CHECK(built.error().message ==
        "The access key id ...MPLE stands twice with different secrets, as \"base\" and as \"other\": leave one of "
        "them out.");
  CHECK(built.error().message.find("fake") == std::string::npos);
}

TEST_CASE("the embedded STS knows the configuration's keys by the roles that start from them") {
  Serving serving(kChain);
  const auto keys = serving.application().role("base")->get(source::Freshness::kCached);
  REQUIRE(keys.has_value());
  HandlerClient http(*serving.application().sts());
  const auto who = fakes::StsCaller(http, serving.clock).call(aws::GetCallerIdentity{}, &*keys);
  REQUIRE(who.has_value());
  CHECK(who->arn == "arn:aws:iam::111122223333:user/base");
}

TEST_CASE("an address that is taken is an error of the start, and says whose it is") {
  Serving first(kChain);
  first.start();
  std::string text(kChain);
  text.replace(text.find("containers: 127.0.0.1:0"), 23,
               "containers: 127.0.0.1:" + std::to_string(first.port("containers")));
  Serving second(text);
  const auto started = second.application().start();
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().code == "AddressInUse");
  CHECK(started.error().message.starts_with("containers can not listen on 127.0.0.1:"));
}

TEST_CASE("after the stop nothing listens, and stopping again is no harm") {
  Serving serving(kChain);
  serving.start();
  const auto port = serving.port("containers");
  serving.application().stop(milliseconds(100));
  serving.application().stop(milliseconds(0));
  CHECK_THROWS(static_cast<void>(fakes::RawSocket::connect_to(port)));
  CHECK(serving.application().role("app")->state()->credentials.has_value());
}

TEST_CASE("roles are known by their keys alone") {
  Serving serving(kChain);
  CHECK(serving.application().role("app")->key() == "app");
  CHECK(serving.application().role("role/app") == nullptr);
}

TEST_CASE("fetched ahead is what an open listener serves, each role once") {
  CHECK(served_roles(config_of(kChain)) == std::vector<std::string>{"app", "audit"});
  auto config = config_of(kChain);
  config.listen.containers.reset();
  CHECK(served_roles(config) == std::vector<std::string>{"app"});
  config.listen.imds.reset();
  CHECK(served_roles(config).empty());
  config.containers.callers.emplace();
  config.containers.callers->services = {{"web", "audit"}};
  config.containers.callers->addresses = {{*AddressRange::parse("10.0.0.1"), "app"}};
  CHECK(served_roles(config).empty());
  config.listen.containers = ListenAddress{"127.0.0.1", 0};
  config.containers.credentials.clear();
  CHECK(served_roles(config) == std::vector<std::string>{"audit", "app"});
  config.listen.containers.reset();
  config.pod_identity.emplace();
  config.pod_identity->associations = {{"default", "app", "audit"}, {"shop", "app", "audit"}};
  CHECK(served_roles(config).empty());
  config.listen.pod_identity = ListenAddress{"169.254.170.23", 80};
  CHECK(served_roles(config) == std::vector<std::string>{"audit"});
}

}  // namespace
}  // namespace understudy::app
