#include "understudy/source/mfa_desk.hpp"

#include <string>

#include "fakes/fake_clock.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using Posting = MfaDesk::Posting;

const std::string kMe = "arn:aws:iam::111122223333:mfa/me";
const std::string kYou = "arn:aws:iam::111122223333:mfa/you";

TEST_CASE("a code is six digits") {
  for (const char* good : {"000000", "123456"}) {
    CHECK(is_mfa_code(good));
  }
  for (const char* bad : {"", "12345", "1234567", "12345a", " 12345", "-12345"}) {
    CHECK_FALSE(is_mfa_code(bad));
  }
}

TEST_CASE("a posted code is the role's that it is for, once") {
  const fakes::FakeClock clock;
  MfaDesk desk(clock);
  CHECK(desk.post("app", "123456") == Posting::kNoDevice);
  desk.expect("app", kMe);
  desk.expect("other", kYou);
  CHECK(desk.post("app", "12345") == Posting::kBadCode);
  CHECK(desk.post("app", "111111") == Posting::kTaken);
  CHECK(desk.post("app", "222222") == Posting::kTaken);
  CHECK_FALSE(desk.take("other", kYou).has_value());
  CHECK(desk.take("app", kMe) == "222222");
  CHECK_FALSE(desk.take("app", kMe).has_value());
}

TEST_CASE("a code that lay too long is not given") {
  fakes::FakeClock clock;
  MfaDesk desk(clock);
  desk.expect("app", kMe);
  CHECK(desk.post("app", "123456") == Posting::kTaken);
  clock.advance(MfaDesk::kCodeLife);
  CHECK_FALSE(desk.take("app", kMe).has_value());
}

TEST_CASE("a device's code is spent for every role of that device, and for no other device") {
  fakes::FakeClock clock;
  MfaDesk desk(clock);
  desk.expect("app", kMe);
  CHECK(desk.spend(kMe, "123456"));
  CHECK(desk.spend(kMe, "234567"));
  CHECK_FALSE(desk.spend(kMe, "123456"));
  CHECK(desk.spend(kYou, "123456"));
  CHECK(desk.post("app", "123456") == Posting::kSpent);
  clock.advance(MfaDesk::kSpentMemory);
  CHECK(desk.spend(kMe, "123456"));
}

TEST_CASE("a code for any role is the first one's that asks") {
  const fakes::FakeClock clock;
  MfaDesk desk(clock);
  CHECK(desk.post_for_any("no code") == Posting::kBadCode);
  CHECK(desk.post_for_any("123456") == Posting::kTaken);
  CHECK(desk.take("app", kMe) == "123456");
  CHECK_FALSE(desk.take("other", kYou).has_value());
}

TEST_CASE("who asked in vain is waiting until a code comes") {
  const fakes::FakeClock clock;
  MfaDesk desk(clock);
  desk.expect("b", kYou);
  desk.expect("a", kMe);
  CHECK_FALSE(desk.take("a", kMe).has_value());
  CHECK(desk.devices() == std::vector<MfaDesk::Device>{{"a", kMe, true}, {"b", kYou, false}});
  CHECK(desk.post("a", "123456") == Posting::kTaken);
  CHECK_FALSE(desk.devices().front().waiting);
}

TEST_CASE("a role with two devices gets each one's code, which is that of the one asked for last") {
  const fakes::FakeClock clock;
  MfaDesk desk(clock);
  desk.expect("app", kYou);
  desk.expect("app", kMe);
  desk.expect("app", kYou);
  CHECK_FALSE(desk.take("app", kYou).has_value());
  CHECK(desk.post("app", "111111") == Posting::kTaken);
  CHECK_FALSE(desk.take("app", kMe).has_value());
  CHECK(desk.devices() == std::vector<MfaDesk::Device>{{"app", kYou, false}, {"app", kMe, true}});
  CHECK(desk.post("app", "222222") == Posting::kTaken);
  CHECK(desk.take("app", kYou) == "111111");
  CHECK(desk.take("app", kMe) == "222222");
}

TEST_CASE("of two devices that were asked for in vain the later one waits") {
  const fakes::FakeClock clock;
  MfaDesk desk(clock);
  desk.expect("app", kYou);
  CHECK_FALSE(desk.take("app", kYou).has_value());
  desk.expect("app", kMe);
  CHECK_FALSE(desk.take("app", kMe).has_value());
  CHECK(desk.devices() == std::vector<MfaDesk::Device>{{"app", kYou, false}, {"app", kMe, true}});
}

TEST_CASE("the person at hand is asked where nothing was left") {
  const fakes::FakeClock clock;
  std::string question;
  MfaDesk desk(clock, [&](const std::string& role, const std::string& serial) {
    question = role + " " + serial;
    return std::optional<std::string>("654321");
  });
  desk.expect("app", kMe);
  CHECK(desk.post("app", "123456") == Posting::kTaken);
  CHECK(desk.take("app", kMe) == "123456");
  CHECK(question.empty());
  CHECK(desk.take("app", kMe) == "654321");
  CHECK(question == "app " + kMe);
}

}  // namespace
}  // namespace understudy::source
