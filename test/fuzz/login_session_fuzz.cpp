// Sessions of `aws login`: what is read of a file reads as the same when it has been renewed, but for what is new.

#include <nlohmann/json.hpp>

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/login_session.hpp"

namespace {

namespace aws = understudy::aws;
using understudy::Secret;

aws::LoginRenewal some_renewal(understudy::WallTime now) {
  return {{"ASIANEW", Secret("new secret"), Secret("new token"), now, now, {}, {}}, Secret("new refresh")};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto now = understudy::fakes::FakeClock().wall();
  const auto session = aws::read_login_session(text);
  if (session) {
    require(aws::are_complete(session->credentials) && session->credentials.is_temporary());
    const auto renewal = some_renewal(now);
    const auto again = aws::read_login_session(aws::renewed_login_text(text, renewal));
    require(again && again->credentials.expiration == now && again->refresh_token == renewal.refresh_token);
    require(again->credentials.access_key_id == "ASIANEW" && again->dpop_key == session->dpop_key);
    require(again->client_id == session->client_id && again->credentials.account_id == session->credentials.account_id);
  } else {
    require(session.error().code == "BadLoginSession");
  }
  if (const auto renewal = aws::read_login_renewal(aws::json_object(text), now)) {
    require(aws::are_complete(renewal->credentials) && renewal->credentials.expiration > now);
    require(!renewal->refresh_token.empty());
  }
  return 0;
}
