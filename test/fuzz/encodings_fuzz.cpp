// Bytes as text: what goes in comes out again, what is taken is written as it was, and nothing unseals that was not
// sealed.

#include "fuzz/check.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/totp.hpp"

namespace {

void hold_for_bytes(std::string_view bytes) {
  require(understudy::unhex(understudy::hex(bytes)) == bytes);
  require(understudy::unbase64(understudy::base64(bytes)) == bytes);
  require(understudy::unbase64url(understudy::base64url(bytes)) == bytes);
  const std::string key(32, 'k');
  require(!understudy::unseal(key, bytes, "x"));
  require(understudy::unseal(key, understudy::seal(key, bytes, "x"), "x") == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  hold_for_bytes(text);
  if (const auto bytes = understudy::unhex(text)) {
    require(understudy::hex(*bytes) == understudy::to_lower(text));
  }
  if (const auto bytes = understudy::unbase64(text)) {
    require(understudy::base64(*bytes).size() == text.size() && text.size() % 4 == 0);
  }
  if (const auto bytes = understudy::unbase64url(text)) {
    require(understudy::base64url(*bytes) == text);
  }
  if (const auto seed = understudy::unbase32(text)) {
    require(!seed->empty() && seed->size() <= text.size() * 5 / 8);
    require(understudy::totp_code(*seed, size).size() == 6);
  }
  return 0;
}
