// Encoded authorization messages: what is found in a text is found in itself, and what is shown is JSON where it was.

#include <nlohmann/json.hpp>

#include "fuzz/check.hpp"
#include "understudy/aws/authorization_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  const auto text = as_text(data, size);
  if (const auto found = aws::find_encoded_message(text)) {
    require(!found->empty() && std::ranges::none_of(*found, [](char c) { return c <= ' '; }));
    const auto again = aws::find_encoded_message(*found);
    require(again && *again == *found);
  } else {
    require(found.error().code == "NoEncodedMessage");
  }
  const auto shown = aws::indent_decoded_message(text);
  const auto before = nlohmann::json::parse(text, nullptr, false);
  require(before.is_discarded() ? shown == text : nlohmann::json::parse(shown, nullptr, false) == before);
  return 0;
}
