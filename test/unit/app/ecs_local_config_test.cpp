#include "understudy/app/ecs_local_config.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fakes/temp_folder.hpp"
#include "understudy/config/load.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using nlohmann::json;
using Variables = std::map<std::string, std::string, std::less<>>;

LocalConfig translated(Variables variables, const LocalFiles& files = {}) {
  return translate_ecs_local(Environment(std::move(variables)), files);
}

config::Config config_of(const LocalConfig& local) {
  const auto loaded = config::load_config_tree(local.tree(), "ecs-local", {}, {});
  REQUIRE(loaded);
  CHECK(loaded->warnings.empty());
  return loaded->config;
}

TEST_CASE("without a word it is what the other server is without one") {
  const auto local = translated({});
  CHECK(local.notes.empty());
  const auto config = config_of(local);
  CHECK(config.listen.containers->to_string() == "0.0.0.0:80");
  CHECK_FALSE(config.listen.imds);
  CHECK_FALSE(config.listen.admin);
  REQUIRE(config.roles.size() == 2);
  CHECK(config.roles[1].base == config.roles[0].key);
  CHECK_FALSE(config.process.user);
  const auto& containers = config.containers;
  CHECK(containers.credentials == service::default_containers_settings("creds").credentials);
  CHECK(containers.compat == service::CompatSettings{"base", "ecs-local-"});
  CHECK(containers.docker == service::ContainerEngineSettings{});
  CHECK(containers.tasks.cluster == "ecs-local-cluster");
  CHECK(containers.tasks.account_id == "111111111111");
  metadata::TaskOverride every;
  every.arn = "arn:aws:ecs:us-west-2:111111111111:task/ecs-local-cluster/37e873f6-37b4-42a7-af47-eac7275c6152";
  every.family = "esc-local-task-definition";
  every.revision = "1";
  CHECK(containers.tasks.tasks == decltype(containers.tasks.tasks){{"*", every}});
}

TEST_CASE("each variable has its place") {
  struct Row {
    const char* variable;
    const char* value;
    const char* pointer;
    json told;
  };
  for (const auto& [variable, value, pointer, told] : std::vector<Row>{
           {"ECS_LOCAL_METADATA_PORT", "51679", "/listen/containers", "0.0.0.0:51679"},
           {"ECS_LOCAL_METADATA_PORT", "", "/listen/containers", "0.0.0.0:80"},
           {"STS_ENDPOINT", "http://localstack:4592", "/sts/endpoint", "http://localstack:4592"},
           {"CLUSTER_ARN", "arn:aws:ecs:us-east-1:111122223333:cluster/c", "/containers/ecs/cluster",
            "arn:aws:ecs:us-east-1:111122223333:cluster/c"},
           {"TASK_ARN", "arn:aws:ecs:us-east-1:111122223333:task/c/t", "/containers/tasks/*/arn",
            "arn:aws:ecs:us-east-1:111122223333:task/c/t"},
           {"TASK_ARN", "arn:aws:ecs:us-east-1:111122223333:task/c/t", "/containers/ecs/account_id", "111122223333"},
           {"TASK_DEFINITION_FAMILY", "web", "/containers/tasks/*/family", "web"},
           {"TASK_DEFINITION_REVISION", "7", "/containers/tasks/*/revision", "7"},
           {"CONTAINER_INSTANCE_TAGS", "Rack=7,Row=b", "/containers/ecs/instance_tags", {{"Rack", "7"}, {"Row", "b"}}},
           {"TASK_TAGS_VAR", "Team=a", "/containers/tasks/*/tags", {{"Team", "a"}}},
       }) {
    CAPTURE(variable);
    const auto local = translated({{variable, value}});
    CHECK(local.notes.empty());
    CHECK(local.config.at(json::json_pointer(pointer)) == told);
    static_cast<void>(config_of(local));
  }
}

TEST_CASE("what can not be honoured is told, a line each") {
  struct Row {
    const char* variable;
    const char* value;
  };
  for (const auto& [variable, value] : std::vector<Row>{{"IAM_ENDPOINT", "http://localstack:4593"},
                                                        {"STS_CUSTOM_ENDPOINT", "http://localstack:4592"},
                                                        {"IAM_CUSTOM_ENDPOINT", "http://localstack:4593"},
                                                        {"SHARED_TOKEN_EXPIRATION", "750s"},
                                                        {"TASK_TAGS_VAR", "Team"},
                                                        {"CONTAINER_INSTANCE_TAGS", "a=b=c"}}) {
    CAPTURE(variable);
    const auto local = translated({{variable, value}});
    REQUIRE(local.notes.size() == 1);
    CHECK(local.notes[0].starts_with(variable));
    CHECK(local.config == translated({}).config);
  }
}

TEST_CASE("who says an endpoint by a name that nothing reads is told the one that is read") {
  for (const char* variable : {"STS_CUSTOM_ENDPOINT", "IAM_CUSTOM_ENDPOINT"}) {
    CAPTURE(variable);
    const auto local = translated({{variable, "http://localstack:4592"}});
    REQUIRE(local.notes.size() == 1);
    CHECK(local.notes[0].find("STS_ENDPOINT") != std::string::npos);
  }
}

TEST_CASE("a value that makes no sense is complained of by its variable") {
  for (const auto& [variable, value] :
       Variables{{"ECS_LOCAL_METADATA_PORT", "http"}, {"STS_ENDPOINT", "localstack"}, {"TASK_ARN", "t"}}) {
    CAPTURE(variable);
    const auto loaded = config::load_config_tree(translated({{variable, value}}).tree(), "ecs-local", {}, {});
    REQUIRE_FALSE(loaded);
    REQUIRE(loaded.error().size() == 1);
    CHECK(loaded.error()[0].find("(" + variable + ")") != std::string::npos);
  }
}

TEST_CASE("files are laid over the metadata where they are JSON objects") {
  LocalFiles files;
  files.task_metadata = R"({"Limits": {"CPU": 0.25}})";
  files.container_metadata = R"({"Name": "cats"})";
  const auto overlays = config_of(translated({}, files)).containers.tasks.overlays;
  CHECK(overlays == metadata::TaskOverlays{files.task_metadata, files.container_metadata});
  files.task_metadata = R"({"Limits": },)";
  const auto local = translated({}, files);
  CHECK(config_of(local).containers.tasks.overlays.task.empty());
  REQUIRE(local.notes.size() == 1);
  CHECK(local.notes[0].starts_with("TASK_METADATA_PATH: "));
}

TEST_CASE("who has the files is who it becomes, with its own home and the socket's group") {
  LocalFiles files;
  files.user = FileUser{1000, 1001, 998};
  const auto process = config_of(translated({{"HOME", "/home"}}, files)).process;
  CHECK(process == config::ProcessSettings{"1000", "1001", true, {"998"}, "/home"});
  files.user->socket_group.reset();
  CHECK(config_of(translated({}, files)).process == config::ProcessSettings{"1000", "1001", true, {}, "/"});
}

TEST_CASE("a user that is asked for keeps the home, whoever has the files") {
  const Variables variables{{"HOME", "/home"}, {"UNDERSTUDY_PROCESS_USER", "0"}};
  CHECK(config_of(translated(variables)).process == config::ProcessSettings{"0", std::nullopt, true, {}, "/home"});
  LocalFiles files;
  files.user = FileUser{1000, 1001, {}};
  CHECK(config_of(translated(variables, files)).process.home == "/home");
}

TEST_CASE("only root becomes another: who has the credentials file, else the config file, else the folder") {
  const fakes::TempFolder folder;
  const auto aws = folder.path() / ".aws";
  std::filesystem::create_directory(aws);
  const auto found = [&](Variables more = {}) {
    more.emplace("HOME", folder.path().string());
    more.emplace("DOCKER_HOST", "unix:///nowhere/docker.sock");
    return find_local_files(Environment(std::move(more))).user;
  };
  if (geteuid() != 0) {
    CHECK_FALSE(found().has_value());
    return;
  }
  CHECK_FALSE(found().has_value());  // the folder is root's
  REQUIRE(chown(aws.c_str(), 1000, 1001) == 0);
  CHECK(found() == FileUser{1000, 1001, {}});
  const auto add = [&](const char* name, uid_t user) {
    std::ofstream(aws / name) << "";
    REQUIRE(chown((aws / name).c_str(), user, user) == 0);
    return (aws / name).string();
  };
  static_cast<void>(add("config", 2000));
  CHECK(found() == FileUser{2000, 2000, {}});
  static_cast<void>(add("credentials", 3000));
  CHECK(found() == FileUser{3000, 3000, {}});
  CHECK(found({{"AWS_SHARED_CREDENTIALS_FILE", add("own", 4000)}}) == FileUser{4000, 4000, {}});
  std::filesystem::remove_all(aws);
  CHECK(found() == FileUser{65532, 65532, {}});
}

TEST_CASE("a metadata file that is not there is told and nothing more") {
  const auto files = find_local_files(Environment(Variables{{"TASK_METADATA_PATH", "/nowhere/task.json"}}));
  CHECK(files.task_metadata.empty());
  REQUIRE(files.notes.size() == 1);
  CHECK(files.notes[0].starts_with("TASK_METADATA_PATH: "));
}

}  // namespace
}  // namespace understudy::app
