#include <chrono>
#include <filesystem>
#include <string>

#include "fakes/pem.hpp"
#include "understudy/base/time_text.hpp"
#include "unit/source/profile_home.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::minutes;

const std::string kMe = "arn:aws:iam::111122223333:user/me";
const std::string kRole = "role_arn = arn:aws:iam::111122223333:role/a\n";
const Error kEnded{Error::Kind::kExpired, "ExpiredToken", "it has ended"};

/// A log-in session whose credentials end so much later, and profiles that start from it.
struct LoggedIn : Home {
  explicit LoggedIn(minutes left) {
    write(".aws/config", "[profile me]\nlogin_session = " + kMe + "\n[profile a]\n" + kRole + "source_profile = me\n");
    std::filesystem::create_directories(path / ".aws/login/cache");
    auto key = fakes::pem_of(*fakes::make_ec_key("P-256"), fakes::PemForm::kTraditional);
    for (auto at = key.find('\n'); at != std::string::npos; at = key.find('\n', at)) {
      key.replace(at, 1, "\\n");
    }
    write(".aws/login/cache/" + aws::login_cache_name(kMe),
          R"({"accessToken": {"accessKeyId": "ASIAOLD", "secretAccessKey": "s", "sessionToken": "t", "accountId": )"
          R"("111122223333", "expiresAt": ")" +
              format_iso8601(surroundings.clock.wall() + left) +
              R"("}, "clientId": "c", "refreshToken": "r1", "dpopKey": ")" + key + R"("})");
  }
  void then_renewed() {
    surroundings.then(200, R"({"accessToken": {"accessKeyId": "ASIANEW", "secretAccessKey": "s", "sessionToken": "t"},
                               "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "r2"})");
  }
};

TEST_CASE("a log-in session that is good is not renewed") {
  LoggedIn home(minutes(15));
  CHECK(key_id(home.get("me")) == "ASIAOLD");
  REQUIRE(home.get("a"));
  CHECK(home.surroundings.sts.asked()[0].key_id == "ASIAOLD");
  CHECK(home.surroundings.http.sent().empty());
}

TEST_CASE("a log-in session that is good serves on while it can not be renewed") {
  LoggedIn home(minutes(4));
  CHECK(key_id(home.get("me")) == "ASIAOLD");
  CHECK_FALSE(home.surroundings.http.sent().empty());
}

TEST_CASE("a chain whose start has ended is played once more from a fresh one") {
  LoggedIn home(minutes(15));
  home.surroundings.sts.then(kEnded);
  home.then_renewed();
  REQUIRE(home.get("a"));
  REQUIRE(home.surroundings.sts.asked().size() == 2);
  CHECK(home.surroundings.sts.asked()[0].key_id == "ASIAOLD");
  CHECK(home.surroundings.sts.asked()[1].key_id == "ASIANEW");
}

TEST_CASE("a chain that has ended again is not played a third time") {
  LoggedIn home(minutes(15));
  home.then_renewed();
  home.surroundings.sts.then(kEnded);
  home.surroundings.sts.then(kEnded);
  CHECK(key_id(home.get("a")) == "ExpiredToken");
  CHECK(home.surroundings.sts.asked().size() == 2);
}

/// A chain of three roles, with a device for each of the first two.
struct TwoDevices : Home {
  ProfileSource source{surroundings.get(), "c", "session"};

  TwoDevices() {
    write(".aws/config", "[profile a]\n" + kRole + "source_profile = keys\nmfa_serial = m1\n[profile b]\n" + kRole +
                             "source_profile = a\nmfa_serial = m2\n[profile c]\n" + kRole + "source_profile = b\n");
    write(".aws/credentials", "[keys]\n" + kKeys);
  }
  Result<aws::Credentials> get() { return source.get(Freshness::kCached); }
  void post(const std::string& code) { REQUIRE(surroundings.mfa.post("app", code) == MfaDesk::Posting::kTaken); }
  /// Up to the third role, with two calls and one more.
  void logged_in() {
    CHECK_FALSE(get());
    post("111111");
    CHECK_FALSE(get());
    post("222222");
    REQUIRE(get());
  }
  [[nodiscard]] std::string sent(std::size_t call) const {
    const auto asked = surroundings.sts.assume_role(call);
    return asked.serial_number + " " + asked.token_code;
  }
};

TEST_CASE("a chain with two devices takes one code after the other, each for its own") {
  TwoDevices home;
  CHECK(home.get().error().message.find("device m1") != std::string::npos);
  home.post("111111");
  CHECK(home.get().error().message.find("device m2") != std::string::npos);
  home.post("222222");
  REQUIRE(home.get());
  REQUIRE(home.surroundings.sts.asked().size() == 3);
  CHECK(home.sent(0) == "m1 111111");
  CHECK(home.sent(1) == "m2 222222");
  CHECK(home.surroundings.sts.asked()[2].key_id == "ASIAEXAMPLE000000002");
}

TEST_CASE("a session that took a code serves until it ends, whatever becomes of the steps behind it") {
  TwoDevices home;
  home.logged_in();
  home.surroundings.sts.then(Error{Error::Kind::kUnavailable, "ServiceUnavailable", "later"});
  CHECK(key_id(home.get()) == "ServiceUnavailable");
  REQUIRE(home.get());
  home.surroundings.clock.advance(minutes(59));
  REQUIRE(home.get());
  for (std::size_t call = 2; call < 6; ++call) {
    CHECK(home.surroundings.sts.asked().at(call).key_id == "ASIAEXAMPLE000000002");
  }
  home.surroundings.clock.advance(minutes(1));
  CHECK(home.get().error().message.find("device m1") != std::string::npos);
  CHECK(home.surroundings.sts.asked().size() == 6);
}

TEST_CASE("a session that took a code and has ended for STS is used no more") {
  TwoDevices home;
  home.logged_in();
  home.surroundings.sts.then(kEnded);
  CHECK(home.get().error().message.find("device m2") != std::string::npos);
}

TEST_CASE("a session that took a code is not that of another way") {
  TwoDevices home;
  home.logged_in();
  home.write(".aws/credentials", "[keys]\naws_access_key_id = OTHER\naws_secret_access_key = s\n");
  CHECK(home.get().error().message.find("device m1") != std::string::npos);
}

}  // namespace
}  // namespace understudy::source
