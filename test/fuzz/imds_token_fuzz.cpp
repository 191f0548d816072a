// IMDS tokens: nobody makes one but us, a changed one is none, and one that was given lives for as long as was asked
// for.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/imds_token.hpp"
#include "understudy/service/sts_session.hpp"

namespace {

namespace service = understudy::service;

/// Every bit of it is guarded: the change is a byte's place and what it becomes.
void hold_for_changed(const service::ImdsTokens& tokens, std::string token, std::string_view change) {
  const auto place = take_byte(change) % token.size();
  const auto become = static_cast<char>(take_byte(change));
  const bool same = token[place] == become;
  token[place] = become;
  require(tokens.life_left(token).has_value() == same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const understudy::fakes::FakeClock clock;
  static const service::ImdsTokens tokens("i-1234567890abcdef0", clock);
  static const service::ImdsTokens others("i-0fedcba0987654321", clock);
  static const service::SessionSealer sealer{understudy::Secret()};
  const auto text = as_text(data, size);
  require(!tokens.life_left(text) && !sealer.unseal(text, "ASIAEXAMPLEEXAMPLE00"));
  const auto token = tokens.issue(std::chrono::seconds(21600));
  hold_for_changed(tokens, token, text);
  require(!tokens.life_left(token + std::string(text)) == !text.empty());
  if (const auto ttl = service::parse_token_ttl(text)) {
    require(ttl->count() >= 0 && ttl->count() <= 21600);
    require(understudy::parse_decimal(text) == static_cast<std::uint64_t>(ttl->count()));
    const auto given = tokens.issue(*ttl);
    require(given.size() == 56 && !others.life_left(given));
    require(tokens.life_left(given) == (ttl->count() > 0 ? ttl : std::nullopt));
  }
  return 0;
}
