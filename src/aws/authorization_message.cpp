#include "understudy/aws/authorization_message.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "understudy/base/ascii.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

/// Base64 in either alphabet: what the messages seen so far are made of.
bool is_encoded(char c) { return is_alphanumeric(c) || std::string_view("-_+/=").find(c) != std::string_view::npos; }

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
  constexpr int kIndent = 4;
  const auto json = parse_ordered_json(message);
  return json.is_discarded() ? std::string(message)
                             : json.dump(kIndent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace understudy::aws
