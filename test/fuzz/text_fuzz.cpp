// Encodings of base/text: what goes in comes out again, and nothing unprintable reaches a log.

#include <nlohmann/json.hpp>

#include <algorithm>

#include "fuzz/check.hpp"
#include "understudy/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  require(understudy::percent_decode(understudy::percent_encode(text)) == text);
  require(nlohmann::json::accept(understudy::json_string(text)));
  const auto logged = understudy::escape_for_log(text);
  require(std::ranges::all_of(logged, [](char c) { return c >= ' ' && c <= '~'; }));
  return 0;
}
