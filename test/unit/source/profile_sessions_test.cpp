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

}  // namespace
}  // namespace understudy::source
