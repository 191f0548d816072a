#include "understudy/base/totp.hpp"

#include <string>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

// The codes were computed by Python's hmac and struct from this seed.
constexpr std::string_view kSeed = "a seed of ours, 20 b";

TEST_CASE("a code is that of its half minute") {
  CHECK(totp_code(kSeed, 0) == "723942");
  CHECK(totp_code(kSeed, 1) == "179466");
  CHECK(totp_code(kSeed, 59840581) == "194294");
  CHECK(totp_code(kSeed, 1099511627776) == "956047");
  CHECK(totp_step(parse_iso8601("1970-01-01T00:00:29Z").value()) == 0);
  CHECK(totp_step(parse_iso8601("1970-01-01T00:00:30Z").value()) == 1);
}

TEST_CASE("a seed is taken as it is shown, in either case, with spaces and padding") {
  for (const std::string text : {"MEQHGZLFMQQG6ZRAN52XE4ZMEAZDAIDC", "meqh gzlf mqqg 6zra n52x e4zm eazd aidc\n",
                                 " MEQHGZLF-MQQG6ZRA-N52XE4ZM-EAZDAIDC==== "}) {
    CAPTURE(text);
    CHECK(unbase32(text) == kSeed);
  }
  for (const std::string text : {"", "====", "MEQ1", "0EQH", "M"}) {
    CAPTURE(text);
    CHECK_FALSE(unbase32(text));
  }
}

}  // namespace
}  // namespace understudy
