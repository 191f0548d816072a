// Tokens by our two readers: what STS takes the EKS agent takes too, with the same subject, and it is in time. The
// input is header, payload and signature, a line each, so that the fuzzer need not learn base64; or a token as it is.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/jwt.hpp"
#include "understudy/aws/service_account_token.hpp"
#include "understudy/base/crypto.hpp"

namespace {

namespace aws = understudy::aws;

std::string token_of(std::string_view text) {
  if (text.find('\n') == text.npos) {
    return std::string(text);
  }
  const auto header = take_until(text, '\n');
  const auto payload = take_until(text, '\n');
  return understudy::base64url(header) + "." + understudy::base64url(payload) + "." + understudy::base64url(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto token = token_of(as_text(data, size));
  const auto now = understudy::fakes::FakeClock().wall();
  const auto claims = aws::read_jwt(token, now);
  const auto account = aws::parse_service_account_token(token);
  if (claims) {
    require(!claims->issuer.empty() && !claims->subject.empty() && !claims->audiences.empty() && claims->expires > now);
    require(account && account->subject == claims->subject && account->audiences == claims->audiences);
    require(account->expires == claims->expires && account->not_before == claims->not_before);
  } else {
    require(is_showable(claims.error().message));
  }
  if (account) {
    require(!account->algorithm.empty() &&
            token == account->signed_part + "." + understudy::base64url(account->signature));
    const auto checked = aws::check_claims(*account, "pods.eks.amazonaws.com", now);
    require(!checked || (account->expires > now && !account->name_space.empty() && !account->account.empty()));
  }
  return 0;
}
