#include "understudy/aws/authorization_message.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

/// Base64 in either alphabet: what the messages seen so far are made of.
bool is_encoded(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_+/=").find(c) != std::string_view::npos;
}

std::string without_line_breaks(std::string_view text) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    out += trim(line);
  }
  return out;
}

}  // namespace

Result<std::string> find_encoded_message(std::string_view text) {
  constexpr std::string_view kBefore = "encoded authorization failure message:";
  std::string message;
  if (const auto at = to_lower(text).find(kBefore); at != std::string::npos) {
    const auto behind = trim(text.substr(at + kBefore.size()));
    message.assign(behind.begin(), std::ranges::find_if_not(behind, is_encoded));
  } else if (auto whole = without_line_breaks(text); std::ranges::all_of(whole, is_encoded)) {
    message = std::move(whole);
  }
  if (message.empty()) {
    return Error{Error::Kind::kInvalid, "NoEncodedMessage",
                 "The text holds no encoded message: give it what stands behind \"Encoded authorization failure "
                 "message:\", or the whole error."};
  }
  return message;
}

std::string indent_decoded_message(std::string_view message) {
  using Json = nlohmann::ordered_json;
  constexpr int kIndent = 4;
  // Deeper than any message goes, and not so deep that writing it, which recurses, takes the whole stack.
  constexpr int kMostLevels = 100;
  bool is_too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > kMostLevels;
    return true;
  };
  const auto json = Json::parse(message, watch, false);
  return json.is_discarded() || is_too_deep ? std::string(message)
                                            : json.dump(kIndent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace understudy::aws
