// The files and answers of IAM Identity Center: what is read of one reads as the same when it has been renewed, and a
// page that a person is sent to is one for a browser.

#include <nlohmann/json.hpp>

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/sso_device.hpp"

namespace {

namespace aws = understudy::aws;

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

void hold_for_token(std::string_view text, const aws::SsoToken& token, understudy::WallTime now) {
  require(!token.access_token.empty());
  const aws::SsoRenewal renewal{understudy::Secret("new"), now, {}};
  const auto again = aws::read_sso_token(aws::renewed_sso_text(text, renewal));
  require(again && again->access_token == renewal.access_token && again->expires == now);
  require(again->refresh_token == token.refresh_token && again->client_secret == token.client_secret);
  require(again->client_id == token.client_id && again->registration_expires == token.registration_expires);
}

void hold_for_registration(const aws::SsoRegistration& registration) {
  require(!registration.client_id.empty() && !registration.client_secret.empty());
  const auto again = aws::read_sso_registration(aws::sso_registration_text(registration, {}));
  require(again && again->client_id == registration.client_id && again->client_secret == registration.client_secret);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto now = understudy::fakes::FakeClock().wall();
  if (const auto token = aws::read_sso_token(text)) {
    hold_for_token(text, *token, now);
  }
  if (const auto registration = aws::read_sso_registration(text)) {
    hold_for_registration(*registration);
  }
  const auto answer = aws::json_object(text);
  if (const auto device = aws::read_device_authorization(answer)) {
    require(!device->device_code.empty() && device->life.count() > 0 && device->interval.count() > 0);
    require(device->url.starts_with("http") && is_visible(device->url) && is_visible(device->url_with_code));
  }
  if (const auto renewal = aws::read_sso_renewal(answer, now)) {
    require(renewal->expires > now && !renewal->access_token.empty());
  }
  if (const auto client = aws::read_registered_client(answer)) {
    hold_for_registration(*client);
  }
  if (const auto keys = aws::read_role_credentials(answer)) {
    require(aws::are_complete(*keys) && keys->is_temporary());
  }
  return 0;
}
