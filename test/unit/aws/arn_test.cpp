#include "understudy/aws/arn.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

Arn role_of(std::string_view text) { return parse_role_arn(text).value(); }

TEST_CASE("an ARN is read into its parts and written back as it was") {
  struct Row {
    std::string_view text;
    Arn arn;
  };
  for (const auto& [text, arn] : std::initializer_list<Row>{
           {"arn:aws:iam::111122223333:role/app", {"aws", "iam", "", "111122223333", "role/app"}},
           {"arn:aws-cn:iam::111122223333:role/a/b", {"aws-cn", "iam", "", "111122223333", "role/a/b"}},
           {"arn:aws:sts::111122223333:assumed-role/app/me@x",
            {"aws", "sts", "", "111122223333", "assumed-role/app/me@x"}},
           {"arn:aws:s3:::bucket/key", {"aws", "s3", "", "", "bucket/key"}},
           {"arn:aws:logs:us-east-1:111122223333:log-group:x:*",
            {"aws", "logs", "us-east-1", "111122223333", "log-group:x:*"}},
       }) {
    CAPTURE(text);
    const auto read = parse_arn(text);
    REQUIRE(read);
    CHECK(*read == arn);
    CHECK(read->to_string() == text);
  }
}

TEST_CASE("what is no ARN is refused, quoted, and told what was expected") {
  for (const auto* text : {"", "app", "arn:aws:iam::111122223333", "arn:aws:iam::111122223333:", "arn::iam::1:role/x",
                           "arn:aws:::1:role/x", "urn:aws:iam::1:role/x", "arn:aws:iam::1:role/x y",
                           "arn:aws:iam::1:role/x\n", " arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x\x7F",
                           "arn:aws:iam::1:role/\x80", "arn:aws:iam::1:role/\xC3\xA4", "arn:aws:iam::1:role/\xFF"}) {
    CAPTURE(text);
    const auto read = parse_arn(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::kInvalid);
    CHECK(read.error().code == "InvalidArn");
    CHECK(read.error().message.find("expected something like arn:aws:iam::111122223333:role/NAME") !=
          std::string::npos);
  }
  CHECK(parse_arn("a\nb").error().message.starts_with("\"a\\x0Ab\" is no ARN"));
}

TEST_CASE("only a role's ARN is a role") {
  for (const auto* text : {"arn:aws:iam::111122223333:role/app", "arn:aws-us-gov:iam::111122223333:role/p/q/app"}) {
    CAPTURE(text);
    CHECK(is_role(parse_arn(text).value()));
    CHECK(parse_role_arn(text));
  }
  for (const auto* text :
       {"arn:aws:iam::111122223333:user/app", "arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:role/a/",
        "arn:aws:iam::111122223333:role", "arn:aws:iam::11112222333:role/app", "arn:aws:iam::11112222333x:role/app",
        "arn:aws:iam::aws:role/app", "arn:aws:iam:us-east-1:111122223333:role/app",
        "arn:aws:sts::111122223333:role/app", "arn:aws:sts::111122223333:assumed-role/app/me"}) {
    CAPTURE(text);
    CHECK_FALSE(is_role(parse_arn(text).value()));
    CHECK(parse_role_arn(text).error().code == "InvalidArn");
  }
  CHECK(parse_role_arn("role/app").error().code == "InvalidArn");
}

TEST_CASE("who gives a session's ARN for a role's is told so") {
  const auto read = parse_role_arn("arn:aws:sts::111122223333:assumed-role/app/me");
  CHECK(read.error().message.find("is the ARN of a session, not of its role") != std::string::npos);
}

TEST_CASE("a role's name is the last part, without its path") {
  CHECK(role_name(role_of("arn:aws:iam::111122223333:role/app")) == "app");
  CHECK(role_name(role_of("arn:aws:iam::111122223333:role/team/x/app")) == "app");
}

TEST_CASE("a role's name is as IAM takes it") {
  CHECK(is_role_name("app"));
  CHECK(is_role_name("a+=,.@_-Z9"));
  CHECK(is_role_name(std::string(64, 'a')));
  CHECK_FALSE(is_role_name(std::string(65, 'a')));
  for (const auto* text : {"", "team/app", "a b", "a:b", "a*"}) {
    CAPTURE(text);
    CHECK_FALSE(is_role_name(text));
  }
}

TEST_CASE("a session's ARN keeps partition and account and loses the role's path") {
  CHECK(assumed_role_arn(role_of("arn:aws-cn:iam::111122223333:role/team/app"), "me@x").to_string() ==
        "arn:aws-cn:sts::111122223333:assumed-role/app/me@x");
}

TEST_CASE("an account is 12 digits") {
  CHECK(is_account_id("111122223333"));
  CHECK(is_account_id("000000000000"));
  for (const auto* text : {"", "11112222333", "1111222233334", "11112222333a", "-11112222333", " 11112222333"}) {
    CAPTURE(text);
    CHECK_FALSE(is_account_id(text));
  }
}

}  // namespace
}  // namespace understudy::aws
