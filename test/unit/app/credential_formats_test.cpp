#include "understudy/app/credential_formats.hpp"

#include <chrono>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

aws::Credentials permanent() {
  aws::Credentials credentials;
  credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  return credentials;
}

aws::Credentials temporary() {
  auto credentials = permanent();
  credentials.access_key_id = "ASIAIOSFODNN7EXAMPLE";
  credentials.session_token = Secret("AQoEXAMPLE/token+==");
  credentials.expiration = WallTime(std::chrono::seconds(1795221444));
  credentials.account_id = "111122223333";
  credentials.role_arn = "arn:aws:iam::111122223333:role/app";
  return credentials;
}

std::string rendered(std::string_view format, const aws::Credentials& credentials, std::string_view region = "") {
  const auto text = render_credentials(format, {credentials, "app", region});
  REQUIRE(text.has_value());
  return *text;
}

TEST_CASE("each form says all that is known of temporary credentials") {
  struct Row {
    std::string_view format;
    std::string_view text;
  };
  constexpr Row kRows[] = {
      {"process",
       R"({"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE",)"
       R"("SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","SessionToken":"AQoEXAMPLE/token+==",)"
       R"("Expiration":"2026-11-21T00:37:24Z","AccountId":"111122223333"})"
       "\n"},
      {"env",
       "export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\n"
       "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
       "export AWS_SESSION_TOKEN=AQoEXAMPLE/token+==\n"
       "export AWS_CREDENTIAL_EXPIRATION=2026-11-21T00:37:24Z\n"
       "export AWS_ACCOUNT_ID=111122223333\n"
       "export AWS_REGION=eu-west-1\n"
       "export AWS_DEFAULT_REGION=eu-west-1\n"},
      {"env-no-export",
       "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\n"
       "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
       "AWS_SESSION_TOKEN=AQoEXAMPLE/token+==\n"
       "AWS_CREDENTIAL_EXPIRATION=2026-11-21T00:37:24Z\n"
       "AWS_ACCOUNT_ID=111122223333\n"
       "AWS_REGION=eu-west-1\n"
       "AWS_DEFAULT_REGION=eu-west-1\n"},
      {"profile",
       "[app]\n"
       "# until 2026-11-21T00:37:24Z\n"
       "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\n"
       "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
       "aws_session_token = AQoEXAMPLE/token+==\n"
       "aws_account_id = 111122223333\n"
       "region = eu-west-1\n"},
      {"json", R"({"RoleArn":"arn:aws:iam::111122223333:role/app","AccessKeyId":"ASIAIOSFODNN7EXAMPLE",)"
               R"("SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","Token":"AQoEXAMPLE/token+==",)"
               R"("Expiration":"2026-11-21T00:37:24Z"})"
               "\n"},
  };
  std::vector<std::string> names;
  for (const auto& [format, text] : kRows) {
    CAPTURE(format);
    names.emplace_back(format);
    CHECK(rendered(format, temporary(), "eu-west-1") == text);
  }
  CHECK(credential_formats() == names);
}

TEST_CASE("what keys without an end do not have is left out, and taken out of a shell that has it") {
  CHECK(rendered("env", permanent()) ==
        "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"
        "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
        "unset AWS_SESSION_TOKEN\n"
        "unset AWS_CREDENTIAL_EXPIRATION\n"
        "unset AWS_ACCOUNT_ID\n");
  CHECK(rendered("env-no-export", permanent()) ==
        "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"
        "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
  CHECK(rendered("profile", permanent()) ==
        "[app]\n"
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
}

TEST_CASE("an odd value is one word of the shell") {
  auto odd = permanent();
  odd.secret_access_key = Secret("$(id)'; `id`");
  CHECK(rendered("env", odd).find("export AWS_SECRET_ACCESS_KEY='$(id)'\\''; `id`'\n") != std::string::npos);
}

TEST_CASE("a form that can not hold the credentials says so, and not what they are") {
  for (const auto* secret : {"two words", "a\n[default]", "a\tb", "k\xC3\xA4y"}) {
    auto odd = permanent();
    odd.secret_access_key = Secret(secret);
    const auto text = render_credentials("profile", {odd, "app", ""});
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().code == "NotForAFile");
    CHECK(text.error().message.find(secret) == std::string::npos);
  }
  const auto text = render_credentials("json", {permanent(), "base", ""});
  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().code == "NotTemporary");
}

}  // namespace
}  // namespace understudy::app
