// SAML: an assertion that is taken has what AssumeRoleWithSAML demands, however its base64 is broken into lines. The
// input is the XML, so that the fuzzer need not learn base64.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/saml.hpp"
#include "understudy/base/crypto.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  const auto text = as_text(data, size);
  const auto now = understudy::fakes::FakeClock().wall();
  const auto encoded = understudy::base64(text);
  const auto assertion = aws::read_saml_assertion(encoded, now);
  if (assertion) {
    require(!assertion->issuer.empty() && !assertion->subject.empty() && !assertion->role_session_name.empty());
    require(!assertion->roles.empty() && !assertion->subject_type.empty());
    const auto half = encoded.size() / 2;
    const auto broken = aws::read_saml_assertion(encoded.substr(0, half) + "\r\n" + encoded.substr(half), now);
    require(broken && *broken == *assertion);
  } else {
    require(!assertion.error().code.empty() && is_showable(assertion.error().message));
  }
  const auto raw = aws::read_saml_assertion(text, now);
  require(raw || raw.error().code == "InvalidIdentityToken" || raw.error().code == "ExpiredTokenException");
  return 0;
}
