#include "understudy/app/ecs_local_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/json_node.hpp"

namespace understudy::app {
namespace {

using nlohmann::json;

/// A variable and the value that it gives: `prefix` and its text, or the fallback's.
struct Said {
  std::string_view variable;
  std::string_view pointer;  ///< `/listen/containers`
  std::string_view prefix;
  std::string_view fallback;  ///< ELCE's, letter for letter; empty: none.
};

constexpr Said kSaid[]{
    {"ECS_LOCAL_METADATA_PORT", "/listen/containers", "0.0.0.0:", "80"},
    {"STS_ENDPOINT", "/sts/endpoint", "", ""},
    {"CLUSTER_ARN", "/containers/ecs/cluster", "", "ecs-local-cluster"},
    {"TASK_ARN", "/containers/tasks/*/arn", "",
     "arn:aws:ecs:us-west-2:111111111111:task/ecs-local-cluster/37e873f6-37b4-42a7-af47-eac7275c6152"},
    {"TASK_DEFINITION_FAMILY", "/containers/tasks/*/family", "", "esc-local-task-definition"},
    {"TASK_DEFINITION_REVISION", "/containers/tasks/*/revision", "", "1"},
};

constexpr std::pair<std::string_view, std::string_view> kTagVariables[]{
    {"CONTAINER_INSTANCE_TAGS", "/containers/ecs/instance_tags"}, {"TASK_TAGS_VAR", "/containers/tasks/*/tags"}};

constexpr std::pair<std::string_view, std::string_view> kNotHonoured[]{
    {"IAM_ENDPOINT",
     "IAM is never asked: /role/<name> is the role of that name in the credentials' account, without a path; name "
     "others by /role-arn/<ARN>"},
    {"STS_CUSTOM_ENDPOINT",
     "amazon-ecs-local-container-endpoints documents that name and reads another; say it by STS_ENDPOINT"},
    {"IAM_CUSTOM_ENDPOINT",
     "amazon-ecs-local-container-endpoints documents that name and reads another, and IAM is never asked; where STS is "
     "says STS_ENDPOINT"},
    {"SHARED_TOKEN_EXPIRATION",
     "session keys that do not say when they end are told to be good for an hour; AWS_CREDENTIAL_EXPIRATION says when "
     "those of the environment end"},
};

json::json_pointer at(std::string_view pointer) { return json::json_pointer(std::string(pointer)); }

/// `Team=a,Rack=7`; nullopt where it has another form.
std::optional<json> tags_of(std::string_view text) {
  json tags = json::object();
  for (const auto pair : split(text, ',')) {
    const auto parts = split(pair, '=');
    if (parts.size() != 2) {
      return std::nullopt;
    }
    tags[std::string(parts[0])] = std::string(parts[1]);
  }
  return tags;
}

/// The home stays, for the files are there and not where that of the user's name may be. Null: no word about users.
json process_of(const std::optional<FileUser>& user, const Environment& environment) {
  json process{{"home", std::string(environment.get("HOME").value_or("/"))}};
  if (user) {
    process["user"] = std::to_string(user->user);
    process["group"] = std::to_string(user->group);
    if (user->socket_group) {
      process["groups"] = json::array({std::to_string(*user->socket_group)});
    }
    return process;
  }
  const auto asked_for = environment.get("UNDERSTUDY_PROCESS_USER");
  process["user"] = std::string(asked_for.value_or(""));
  return asked_for ? process : json();
}

void add_tags(LocalConfig& out, const Environment& environment) {
  for (const auto& [variable, pointer] : kTagVariables) {
    const auto text = environment.get(variable);
    auto tags = text ? tags_of(*text) : std::nullopt;
    if (tags) {
      out.config[at(pointer)] = *std::move(tags);
    } else if (text) {
      out.notes.push_back(fmt::format("{}: expected key=value,key=value; there are no tags", variable));
    }
  }
}

void add_overlay(LocalConfig& out, const char* key, const char* variable, const std::string& text) {
  if (text.empty()) {
    return;
  }
  if (parse_json(text).is_object()) {
    out.config["containers"]["ecs"][key] = text;
  } else {
    out.notes.push_back(fmt::format("{}: the file is no JSON object, so nothing is laid over the metadata", variable));
  }
}

void name_origins(Node& node) {
  for (const auto& said : kSaid) {
    auto path = std::string(said.pointer.substr(1));
    std::ranges::replace(path, '/', '.');
    if (node.path == path) {
      node.path += fmt::format(" ({})", said.variable);
      break;
    }
  }
  for (auto& item : node.members) {
    name_origins(item.second);
  }
}

}  // namespace

Node LocalConfig::tree() const {
  auto node = service::node_of(config);
  name_origins(node);
  return node;
}

LocalConfig translate_ecs_local(const Environment& environment, const LocalFiles& files) {
  LocalConfig out;
  out.notes = files.notes;
  out.config = {{"roles",
                 {{"base", {{"default_chain", true}}},
                  {"creds", {{"session_token", {{"duration", "1h"}, {"pass_temporary", true}}}, {"source", "base"}}}}},
                {"containers",
                 {{"credentials", {{"creds", {{"role", "creds"}, {"path", "/creds"}}}}},
                  {"compat", {{"source", "base"}, {"session_prefix", "ecs-local-"}}}}}};
  if (files.has_engine) {
    out.config["containers"]["docker"] = true;
  }
  for (const auto& said : kSaid) {
    const auto value = environment.get(said.variable).value_or(said.fallback);
    if (!value.empty()) {
      out.config[at(said.pointer)] = std::string(said.prefix) + std::string(value);
    }
  }
  // Containers' ARNs are of the task's account.
  const auto arn = aws::parse_arn(out.config[at("/containers/tasks/*/arn")].get_ref<const std::string&>());
  if (arn && aws::is_account_id(arn->account)) {
    out.config[at("/containers/ecs/account_id")] = arn->account;
  }
  add_tags(out, environment);
  add_overlay(out, "task_overlay", "TASK_METADATA_PATH", files.task_metadata);
  add_overlay(out, "container_overlay", "CONTAINER_METADATA_PATH", files.container_metadata);
  for (const auto& [variable, why] : kNotHonoured) {
    if (environment.get(variable)) {
      out.notes.push_back(fmt::format("{} is not honoured: {}", variable, why));
    }
  }
  if (auto process = process_of(files.user, environment); !process.is_null()) {
    out.config["process"] = std::move(process);
  }
  return out;
}

}  // namespace understudy::app
