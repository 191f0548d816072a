#include "understudy/base/json.hpp"

#include <nlohmann/json.hpp>

namespace understudy {
namespace {

/// Whether more lists and objects are in each other than that, where the text is JSON. The library could tell while it
/// reads, but looks through all of a list then for each object in it.
bool is_deep(std::string_view text) {
  int levels = 0;
  bool is_in_text = false;
  for (std::size_t at = 0; at < text.size() && levels <= kMostJsonLevels; ++at) {
    const char c = text[at];
    if (is_in_text) {
      at += c == '\\' ? 1 : 0;
      is_in_text = c != '"';
    } else if (c == '"') {
      is_in_text = true;
    } else if (c == '[' || c == '{') {
      ++levels;
    } else if (c == ']' || c == '}') {
      --levels;
    }
  }
  return levels > kMostJsonLevels;
}

template <class Json>
Json parse(std::string_view text) {
  return is_deep(text) ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, false);
}

}  // namespace

nlohmann::json parse_json(std::string_view text) { return parse<nlohmann::json>(text); }

nlohmann::ordered_json parse_ordered_json(std::string_view text) { return parse<nlohmann::ordered_json>(text); }

}  // namespace understudy
