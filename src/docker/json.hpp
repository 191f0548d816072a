#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/// What lies in JSON of others, without ever throwing.
namespace understudy::docker {

using Json = nlohmann::json;

/// The member of that name; null where there is none or `object` is no object.
[[nodiscard]] const Json& member(const Json& object, std::string_view name);
/// `member(member(object, "a"), "b")`
template <class... Names>
[[nodiscard]] const Json& member(const Json& object, std::string_view name, Names... more) {
  return member(member(object, name), more...);
}

/// The value, or an empty one of that type.
[[nodiscard]] const Json& object_in(const Json& value);
[[nodiscard]] const Json& array_in(const Json& value);

/// The value, or nothing of its type: an empty text, zero.
[[nodiscard]] std::string text_of(const Json& value);
[[nodiscard]] std::int64_t number_of(const Json& value);
/// Those members that are texts.
[[nodiscard]] std::map<std::string, std::string> texts_of(const Json& object);

}  // namespace understudy::docker
