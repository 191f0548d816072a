#include "understudy/base/json.hpp"

#include <nlohmann/json.hpp>

namespace understudy {
namespace {

template <class Json>
Json parse(std::string_view text) {
  bool is_deep = false;
  const auto keep = [&](int depth, typename Json::parse_event_t event, Json& /*parsed*/) {
    using Event = typename Json::parse_event_t;
    is_deep = is_deep || (depth >= kMostJsonLevels && (event == Event::array_start || event == Event::object_start));
    return !is_deep;
  };
  auto parsed = Json::parse(text, keep, false);
  return is_deep ? Json(Json::value_t::discarded) : parsed;
}

}  // namespace

nlohmann::json parse_json(std::string_view text) { return parse<nlohmann::json>(text); }

nlohmann::ordered_json parse_ordered_json(std::string_view text) { return parse<nlohmann::ordered_json>(text); }

}  // namespace understudy
