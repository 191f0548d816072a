#include "understudy/service/imds_token.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "fakes/fake_clock.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

TEST_CASE("a token has 56 characters of URL-safe base64, and no two are alike") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto token = tokens.issue(seconds(60));
    CHECK(token.size() == 56);
    CHECK(token.find_first_not_of(kAlphabet) == 54);
    CHECK(token.substr(54) == "==");
    CHECK(seen.insert(token).second);
  }
}

TEST_CASE("a token lives exactly as long as was asked") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const auto token = tokens.issue(seconds(60));
  CHECK(tokens.life_left(token) == seconds(60));
  clock.advance(milliseconds(1));
  CHECK(tokens.life_left(token) == seconds(60));
  clock.advance(milliseconds(59998));
  CHECK(tokens.life_left(token) == seconds(1));
  clock.advance(milliseconds(1));
  CHECK_FALSE(tokens.life_left(token).has_value());
}

TEST_CASE("a token with no life is dead at once") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const auto token = tokens.issue(seconds(0));
  CHECK(token.size() == 56);
  CHECK_FALSE(tokens.life_left(token).has_value());
}

TEST_CASE("setting the wall clock neither ends a token nor lengthens its life") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const auto token = tokens.issue(seconds(60));
  clock.set_wall(clock.wall() + std::chrono::hours(24));
  CHECK(tokens.life_left(token) == seconds(60));
  clock.advance(seconds(61));
  clock.set_wall(clock.wall() - std::chrono::hours(48));
  CHECK_FALSE(tokens.life_left(token).has_value());
}

TEST_CASE("a token with any character changed is none") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const auto token = tokens.issue(seconds(21600));
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char c : std::string(kAlphabet) + "=+/ \n") {
      if (c != token[i]) {
        auto forged = token;
        forged[i] = c;
        CAPTURE(i);
        CAPTURE(c);
        REQUIRE_FALSE(tokens.life_left(forged).has_value());
      }
    }
  }
  CHECK(tokens.life_left(token) == seconds(21600));
}

TEST_CASE("a token of another length is none") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const auto token = tokens.issue(seconds(60));
  for (const auto& other : {std::string(), token.substr(1), token.substr(0, 54), token.substr(0, 55), token + "=",
                            token + token, std::string(1000000, 'A')}) {
    CAPTURE(other.size());
    CHECK_FALSE(tokens.life_left(other).has_value());
  }
}

TEST_CASE("a token of another instance or of an earlier start is refused") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const ImdsTokens other_instance("i-2", clock);
  const ImdsTokens after_restart("i-1", clock);
  const auto token = tokens.issue(seconds(60));
  CHECK(tokens.life_left(token).has_value());
  CHECK_FALSE(other_instance.life_left(token).has_value());
  CHECK_FALSE(after_restart.life_left(token).has_value());
}

TEST_CASE("many tokens live side by side") {
  fakes::FakeClock clock;
  const ImdsTokens tokens("i-1", clock);
  const auto first = tokens.issue(seconds(100));
  for (int i = 0; i < 1000; ++i) {
    (void)tokens.issue(seconds(100));
  }
  CHECK(tokens.life_left(first) == seconds(100));
}

TEST_CASE("a life time is 0 to 21600 in decimal digits and nothing else") {
  CHECK(parse_token_ttl("0") == seconds(0));
  CHECK(parse_token_ttl("1") == seconds(1));
  CHECK(parse_token_ttl("21600") == seconds(21600));
  for (const char* text : {"21601", "-1", "+5", "1e3", "", " ", " 60", "60 ", "6 0", "60s", "0x3c", "4294967356",
                           "18446744073709551676", "sixty", "60.0", "60,60"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_token_ttl(text).has_value());
  }
}

}  // namespace
}  // namespace understudy::service
