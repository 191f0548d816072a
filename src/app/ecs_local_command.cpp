#include "understudy/app/ecs_local_command.hpp"

#include <CLI/CLI.hpp>

#include "understudy/app/commands.hpp"
#include "understudy/app/ecs_local_config.hpp"
#include "understudy/app/health.hpp"
#include "understudy/app/health_command.hpp"
#include "understudy/app/serve.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/http/client.hpp"

namespace understudy::app {

std::string_view EcsLocalCommand::purpose() const { return "stand in for amazon-ecs-local-container-endpoints"; }

std::string_view EcsLocalCommand::lesson() const {
  return R"(Takes amazon-ecs-local-container-endpoints' environment, so that a compose file changes the image alone:
  ECS_LOCAL_METADATA_PORT    the port, on every IPv4 interface (80)
  AWS_PROFILE, HOME, ..      the credentials everything starts from: what the AWS CLI would take
  STS_ENDPOINT               the URL of an STS
  CLUSTER_ARN, TASK_ARN, TASK_DEFINITION_FAMILY, TASK_DEFINITION_REVISION, CONTAINER_INSTANCE_TAGS, TASK_TAGS_VAR
                             what the task metadata tells
  TASK_METADATA_PATH, CONTAINER_METADATA_PATH
                             JSON files laid over it
Clients ask for /creds, /role/<name>, /role-arn/<ARN>, /v2/metadata, /v3 and /v4, which come from the Docker socket.
Whatever can not be honoured is told at the start; docs/migrating.md tells what differs.

Started as root, it becomes the owner of ~/.aws once the port is open, with the group of the Docker socket;
UNDERSTUDY_PROCESS_USER says another, 0 that it stays root. --print-config shows all of it as a configuration.)";
}

void EcsLocalCommand::add_options(CLI::App& app) {
  app.add_flag("--print-config", prints_config, "print the same as a configuration for understudy serve, and end");
  app.add_flag("--health", asks_health, "ask the server that this environment describes whether it is ready, and end");
  app.add_option("--ready-file", ready_file, "once ready, write the real addresses here, as JSON")->type_name("FILE");
}

int EcsLocalCommand::run(const Environment& environment) {
  const auto local = translate_ecs_local(environment, find_local_files(environment));
  const auto config = load_translated(local.tree(), asks_health ? std::vector<std::string>() : local.notes,
                                      std::string(name()), environment);
  if (!config) {
    return kUsage;
  }
  if (prints_config) {
    return print_out(local.config.dump(2) + "\n") ? kSuccess : kFailure;
  }
  if (asks_health) {
    http::NetworkClient http{http::ClientSettings{}};
    return tell_health(health_of(http, config->listen));
  }
  return serve(*config, {ready_file}, with_chosen_profile({}, environment));
}

}  // namespace understudy::app
