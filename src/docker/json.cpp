#include "json.hpp"

namespace understudy::docker {

const Json& member(const Json& object, std::string_view name) {
  static const Json kNone;
  const auto& members = object_in(object);
  const auto found = members.find(std::string(name));
  return found == members.end() ? kNone : *found;
}

const Json& object_in(const Json& value) {
  static const Json kNone = Json::object();
  return value.is_object() ? value : kNone;
}

const Json& array_in(const Json& value) {
  static const Json kNone = Json::array();
  return value.is_array() ? value : kNone;
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

std::int64_t number_of(const Json& value) { return value.is_number_integer() ? value.get<std::int64_t>() : 0; }

std::map<std::string, std::string> texts_of(const Json& object) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : object_in(object).items()) {
    if (value.is_string()) {
      texts.emplace(name, value.get<std::string>());
    }
  }
  return texts;
}

}  // namespace understudy::docker
