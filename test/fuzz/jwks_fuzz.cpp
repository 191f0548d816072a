// Key sets: those that are read have a key at least, and none of them takes a signature that nobody made.

#include "fuzz/check.hpp"
#include "understudy/aws/jwks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  const auto text = as_text(data, size);
  const auto keys = aws::parse_jwks(text, "jwks.json");
  if (!keys) {
    require(keys.error().code == "BadKeySet" && is_showable(keys.error().message));
    return 0;
  }
  require(!keys->empty());
  for (const auto* algorithm : {"RS256", "RS512", "ES256", "ES384", "ES512", "none", "HS256", ""}) {
    for (const auto length : {0U, 64U, 132U, 256U}) {
      require(!aws::is_signed_by(*keys, "", algorithm, "data", std::string(length, '\x01')));
    }
  }
  return 0;
}
