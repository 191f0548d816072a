#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/app/doctor.hpp"
#include "understudy/app/doctor_served.hpp"
#include "understudy/config/load.hpp"
#include "unit/app/ward.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr const char* kUnsetBoth = "unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kExportInstance = "export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/";
constexpr const char* kNoSuchPath = R"({"code":"InvalidIdInRequest","message":"no such path"})";

Ward with_configuration(Ward patient) {
  patient.served.config_file = "my team.yaml";
  patient.served.credentials.front().role = "app";
  return patient;
}

TEST_CASE("a configuration that is named stands in the lines that start with it") {
  auto patient = with_configuration(ward({}));
  const auto diagnosis = patient.diagnosis();
  CHECK(diagnosis.to_type == Lines{"understudy serve --config 'my team.yaml' &", kExportOurs});
  CHECK(diagnosis.to_run == "understudy exec --config 'my team.yaml' --role app -- COMMAND");
  const auto text = render(diagnosis);
  CHECK(text.find("environment: understudy exec --config 'my team.yaml' --role app -- COMMAND\n") != std::string::npos);
  CHECK(text.find("doctor --config") == std::string::npos);
}

TEST_CASE("without a configuration exec is given a role, and the configuration is asked for") {
  const auto text = render(ward({}).diagnosis());
  CHECK(text.find("understudy exec --role-arn ARN -- COMMAND\n") != std::string::npos);
  CHECK(text.find("understudy doctor --config FILE\n") != std::string::npos);
}

TEST_CASE("a server that knows no such path is not there") {
  for (const int status : {400, 404}) {
    CAPTURE(status);
    auto unnamed = ward({});
    const auto asks = unnamed.with_container(status, kNoSuchPath).diagnosis().to_type;
    REQUIRE(asks.size() == 2);
    CHECK(asks.front().starts_with("# A server is there, and http://127.0.0.1:1339/creds is not among"));
    CHECK(asks.back() == "understudy doctor --config FILE");

    auto instance = ward({});
    CHECK(instance.with_container(status, kNoSuchPath).with_instance(kOurInstance).diagnosis().to_type ==
          Lines{kExportInstance});

    auto named = with_configuration(ward({}));
    const auto lines = named.with_container(status, kNoSuchPath).diagnosis().to_type;
    REQUIRE(lines.size() == 3);
    CHECK(lines.front().starts_with("# At http://127.0.0.1:1339/creds is a server with another configuration"));
    CHECK(lines.at(1) == "understudy serve --config 'my team.yaml' &");
  }
}

TEST_CASE("what the shell has already and what is not served is not told again") {
  auto patient = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}, {"AWS_EC2_METADATA_DISABLED", "true"}});
  CHECK(patient.with_container(404, kNoSuchPath).with_instance(kOurInstance).diagnosis().to_type ==
        Lines{kUnsetBoth, "unset AWS_EC2_METADATA_DISABLED", kExportInstance});
}

TEST_CASE("a configuration with the instance endpoint alone is advised by its variable") {
  auto patient = with_configuration(ward({}));
  patient.served.credentials.clear();
  const auto diagnosis = patient.diagnosis();
  CHECK(diagnosis.to_type == Lines{"understudy serve --config 'my team.yaml' &", kExportInstance});
  CHECK(diagnosis.to_run == "understudy exec --config 'my team.yaml' --role default -- COMMAND");
  CHECK(patient.with_instance(kOurInstance).diagnosis().to_type == Lines{kExportInstance});
  patient.served.instance.clear();
  const auto nothing = patient.diagnosis().to_type;
  REQUIRE_FALSE(nothing.empty());
  CHECK(nothing.front().starts_with("# This configuration serves nothing"));
}

TEST_CASE("an entry that lacks its token alone is told its token file, and keeps its role") {
  struct Row {
    const char* what;
    Texts variables;
    Texts files;
    Lines to_type;
  };
  const std::string file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
  const std::string value = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
  const std::string mend = "export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/audit.token";
  const std::vector<Row> rows{
      {"none", {}, {}, {mend}},
      {"a value", {{value, "fake"}}, {}, {mend, "unset AWS_CONTAINER_AUTHORIZATION_TOKEN"}},
      {"another file", {{file, "/other"}}, {{"/other", "fake"}}, {mend}},
      {"that file, and the server has another token",
       {{file, "/run/audit.token"}},
       {{"/run/audit.token", "fake"}},
       {"# The server has another token than /run/audit.token: it reads the file anew by SIGHUP."}},
  };
  for (const std::string_view host : {"127.0.0.1:1339", "localhost:1339", "169.254.170.2"}) {
    for (const auto& row : rows) {
      CAPTURE(host);
      CAPTURE(row.what);
      auto patient = ward(row.variables, row.files);
      patient.served.credentials.push_back({"http://127.0.0.1:1339/audit", "/run/audit.token", "audit"});
      patient.served.config_file = "a.yaml";
      const auto url = "http://" + std::string(host) + "/audit";
      patient.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
      patient.endpoints.answers["GET " + url] = {.status = 401, .headers = {}, .body = "{}", .hop_limit = {}};
      const auto diagnosis = patient.diagnosis();
      CHECK(diagnosis.to_type == row.to_type);
      if (host == "127.0.0.1:1339") {
        CHECK(diagnosis.to_run == "understudy exec --config a.yaml --role audit -- COMMAND");
      }
    }
  }
}

Served served_by_text(std::string_view text) {
  const auto loaded = config::load_config_text(text, "a.yaml", Environment(Texts()), {});
  REQUIRE(loaded);
  return served_by(loaded->config, "a.yaml");
}

TEST_CASE("what is served is read from the configuration") {
  const auto defaults = served_by_text("");
  REQUIRE(defaults.credentials.size() == 1);
  CHECK(defaults.credentials.front().url == kOurs);
  CHECK(defaults.credentials.front().role == "default");
  CHECK(defaults.instance == kOurInstance);
  CHECK(defaults.config_file == "a.yaml");

  const std::string roles = "roles: {app: {environment: true}}\n";
  const auto several =
      served_by_text(roles +
                     "listen: {containers: 0.0.0.0:8080}\n"
                     "containers: {credentials: {app: {role: app}, own: {role: app, path: /own, token_file: /t}}}\n");
  REQUIRE(several.credentials.size() == 2);
  CHECK(several.credentials.at(0).url == "http://127.0.0.1:8080/v2/credentials/app");
  CHECK(several.credentials.at(1).url == "http://127.0.0.1:8080/own");
  CHECK(several.credentials.at(1).token_file == "/t");
  CHECK(several.instance.empty());

  const auto instance = served_by_text(roles + "listen: {imds: 127.0.0.1:9999}\nimds: {role: app}\n");
  CHECK(instance.credentials.empty());
  CHECK(instance.instance == "http://127.0.0.1:9999");
  CHECK(instance.instance_role == "app");

  const auto untold = served_by_text(roles +
                                     "listen: {imds: 127.0.0.1:0, containers: 'unix:/run/a.sock'}\n"
                                     "imds: {role: app}\ncontainers: {credentials: {app: {role: app}}}\n");
  CHECK(untold.credentials.empty());
  CHECK(untold.instance.empty());

  const auto callers = served_by_text(
      roles + "listen: {containers: 127.0.0.1:1339}\ncontainers: {callers: {addresses: {127.0.0.1: app}}}\n");
  REQUIRE(callers.credentials.size() == 1);
  CHECK(callers.credentials.front().url == kOurs);
  CHECK(callers.credentials.front().role.empty());
}

}  // namespace
}  // namespace understudy::app
