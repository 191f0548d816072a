#include "sts_answer_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace understudy::aws {
namespace {

using nlohmann::ordered_json;

ordered_json credentials_of(const Credentials& credentials) {
  const auto end = credentials.expiration.value_or(WallTime()).time_since_epoch();
  return {{"AccessKeyId", credentials.access_key_id},
          {"SecretAccessKey", credentials.secret_access_key.reveal()},
          {"SessionToken", credentials.session_token.value_or(Secret()).reveal()},
          {"Expiration", std::chrono::floor<std::chrono::seconds>(end).count()}};
}

/// A caller's name may hold bytes that are no UTF-8; an answer is no place to fail.
std::string written(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string json_answer(const AnswerShape& shape, const StsAnswer& answer, std::string_view request_id) {
  ordered_json result = ordered_json::object();
  if (shape.has_credentials && answer.credentials) {
    result["Credentials"] = credentials_of(*answer.credentials);
  }
  for (const auto& [group, name, member, required] : shape.elements) {
    if (const auto& text = answer.*member; !text.empty()) {
      (group.empty() ? result : result[std::string(group)])[std::string(name)] = text;
    }
  }
  if (answer.packed_policy_size) {
    result["PackedPolicySize"] = *answer.packed_policy_size;
  }
  ordered_json document;
  ordered_json& response = document[fmt::format("{}Response", shape.action)];
  response[fmt::format("{}Result", shape.action)] = std::move(result);
  response["ResponseMetadata"]["RequestId"] = request_id;
  return written(document);
}

std::string json_error(const Error& error, std::string_view type, std::string_view request_id) {
  ordered_json document;
  document["Error"] = {{"Code", error.code}, {"Message", error.message}, {"Type", type}};
  document["RequestId"] = request_id;
  return written(document);
}

}  // namespace understudy::aws
