#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/credentials.hpp"

/// Credentials as AWS's JSON services write them. Pure; thread-safe.
namespace understudy::aws {

/// The JSON object that `text` is; an empty one where it is none.
[[nodiscard]] nlohmann::json json_object(std::string_view text);
/// The member that is an object; an empty one where there is none.
[[nodiscard]] nlohmann::json json_object_at(const nlohmann::json& object, std::string_view key);
/// The member's text; empty where there is none, it is no text, or `object` is no object.
[[nodiscard]] std::string json_text(const nlohmann::json& object, std::string_view key);
/// The member where it is a whole number from 1 to `most`.
[[nodiscard]] std::optional<std::int64_t> json_number(const nlohmann::json& object, std::string_view key,
                                                      std::int64_t most);

/// `{"accessKeyId": .., "secretAccessKey": .., "sessionToken": ..}`, as sign-in, IAM Roles Anywhere and IAM Identity
/// Center have it; what is missing is empty. Each has a form of its own for the end.
[[nodiscard]] Credentials json_keys(const nlohmann::json& object);

/// None of the three is empty.
[[nodiscard]] bool are_complete(const Credentials& keys);

}  // namespace understudy::aws
