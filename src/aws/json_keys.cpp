#include "understudy/aws/json_keys.hpp"

#include <nlohmann/json.hpp>

#include <utility>

#include "understudy/base/json.hpp"

namespace understudy::aws {

nlohmann::json json_object(std::string_view text) {
  auto parsed = parse_json(text);
  return parsed.is_object() ? std::move(parsed) : nlohmann::json::object();
}

nlohmann::json json_object_at(const nlohmann::json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : nlohmann::json::object();
}

std::string json_text(const nlohmann::json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> json_number(const nlohmann::json& object, std::string_view key, std::int64_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) {
    return std::nullopt;
  }
  const auto value = found->get<std::int64_t>();
  return value >= 1 && value <= most ? std::optional(value) : std::nullopt;
}

Credentials json_keys(const nlohmann::json& object) {
  Credentials keys;
  keys.access_key_id = json_text(object, "accessKeyId");
  keys.secret_access_key = Secret(json_text(object, "secretAccessKey"));
  keys.session_token = Secret(json_text(object, "sessionToken"));
  return keys;
}

bool are_complete(const Credentials& keys) {
  return !keys.access_key_id.empty() && !keys.secret_access_key.empty() && keys.session_token &&
         !keys.session_token->empty();
}

}  // namespace understudy::aws
