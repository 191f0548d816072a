#include "jwt_parts.hpp"

#include <chrono>
#include <cstdint>

#include "understudy/aws/json_keys.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {

nlohmann::json parse_object(std::string_view text) {
  auto parsed = parse_json(text);
  return parsed.is_object() ? parsed : nlohmann::json(nlohmann::json::value_t::discarded);
}

std::optional<WallTime> time_claim(const nlohmann::json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) {
    return std::nullopt;
  }
  const auto seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= static_cast<double>(kLastSecond))) {
    return std::nullopt;
  }
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

std::string_view malformed_claim(const nlohmann::json& claims, std::initializer_list<const char*> times,
                                 std::initializer_list<const char*> texts) {
  for (const auto* const name : times) {
    if (claims.contains(name) && !time_claim(claims, name)) {
      return name;
    }
  }
  for (const auto* const name : texts) {
    if (claims.contains(name) && json_text(claims, name).empty()) {
      return name;
    }
  }
  return {};
}

std::vector<std::string> audience_claim(const nlohmann::json& claims) {
  const auto found = claims.find("aud");
  std::vector<std::string> audiences;
  if (found == claims.end()) {
    return audiences;
  }
  for (const auto& item : found->is_array() ? *found : nlohmann::json::array({*found})) {
    if (item.is_string() && !item.get_ref<const std::string&>().empty()) {
      audiences.push_back(item.get<std::string>());
    }
  }
  return audiences;
}

}  // namespace understudy::aws
