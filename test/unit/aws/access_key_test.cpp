#include "understudy/aws/access_key.hpp"

#include <string>

#include "understudy/base/crypto.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

TEST_CASE("a key id tells its account") {
  for (const std::string account : {"000000000000", "000000000001", "111122223333", "123456789012", "999999999999"}) {
    for (int i = 0; i < 32; ++i) {
      const auto id = make_access_key_id("ASIA", account, random_bytes(5));
      CAPTURE(id);
      CHECK(id.size() == 20);
      CHECK(id.starts_with("ASIA"));
      CHECK(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == id.npos);
      CHECK(account_of_access_key_id(id) == account);
    }
  }
}

TEST_CASE("two key ids of one account differ in what is free") {
  CHECK(make_access_key_id("AKIA", "111122223333", std::string(5, '\0')) !=
        make_access_key_id("AKIA", "111122223333", std::string(4, '\0') + '\1'));
  CHECK(make_access_key_id("AKIA", "111122223333", "abcde") == make_access_key_id("AKIA", "111122223333", "abcde"));
}

TEST_CASE("other texts hold no account") {
  for (const std::string id : {"", "ASIA", "ASIAaaaaaaaaaaaaaaaa", "ASIA1111111111111111", "ASIAQQQQQQQQQQQQQQQQQ",
                               "ASIA7777777777777777", "AKIAIOSFODNN7EXAMPLE"}) {
    CAPTURE(id);
    CHECK_FALSE(account_of_access_key_id(id).has_value());
  }
}

TEST_CASE("a unique id hangs on what it is of") {
  const auto id = make_unique_id("AROA", "arn:aws:iam::111122223333:role/app");
  CHECK(id.size() == 21);
  CHECK(id.starts_with("AROA"));
  CHECK(id == make_unique_id("AROA", "arn:aws:iam::111122223333:role/app"));
  CHECK(id != make_unique_id("AROA", "arn:aws:iam::111122223333:role/other"));
}

}  // namespace
}  // namespace understudy::aws
