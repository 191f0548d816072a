#include "understudy/service/path.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace std::string_view_literals;

namespace understudy::service {
namespace {

std::string normal(std::string_view target) {
  std::string buffer;
  const auto path = normalise_path(target, buffer);
  return path ? std::string(*path) : "(refused)";
}

TEST_CASE("spellings of one path have one form") {
  struct Row {
    std::string_view target;
    std::string_view path;
  };
  for (const Row& row : {
           Row{"/", ""},
           Row{"//", ""},
           Row{"/?x=1", ""},
           Row{"/.", ""},
           Row{"/latest", "latest"},
           Row{"/latest/", "latest"},
           Row{"/latest/meta-data/iam", "latest/meta-data/iam"},
           Row{"//latest/meta-data/iam/", "latest/meta-data/iam"},
           Row{"/latest//meta-data///iam//", "latest/meta-data/iam"},
           Row{"/latest/./meta-data/./iam/.", "latest/meta-data/iam"},
           Row{"/latest/meta-data/iam?x=1/../..", "latest/meta-data/iam"},
           Row{"/latest/meta-data/%69%61%6D", "latest/meta-data/iam"},
           Row{"/latest/%2E/meta-data", "latest/meta-data"},
           Row{"/latest/.hidden/..x/x..", "latest/.hidden/..x/x.."},
           Row{"/a%20b", "a b"},
           Row{"/a+b", "a+b"},
           Row{"/%zz/%", "%zz/%"},
           Row{"/%2569", "%69"},
       }) {
    CAPTURE(row.target);
    CHECK(normal(row.target) == row.path);
  }
}

TEST_CASE("what could climb, hide a slash or end a text early names nothing") {
  for (const auto target : {"/.."sv, "/latest/../latest"sv, "/latest/%2e%2e/x"sv, "/latest/.%2E"sv, "/a%2fb"sv,
                            "/a%2Fb"sv, "/a%00b"sv, "/a\0b"sv, "/a%0d%0ab"sv, "/a%7f"sv, "/a\\b"sv, "/a%5Cb"sv, ""sv,
                            "latest"sv, "*"sv, "?x=/"sv, "http://169.254.169.254/latest"sv}) {
    CAPTURE(target);
    CHECK(normal(target) == "(refused)");
  }
}

TEST_CASE("behind role-arn alone an encoded slash is one, and climbs no more than a plain one") {
  for (const auto target : {"/role-arn/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fteam%2fapp"sv,
                            "/role-arn/arn:aws:iam::111122223333:role%2Fteam/app/"sv,
                            "//role-arn//arn:aws:iam::111122223333:role/team%2F%2fapp%2F"sv,
                            "/role%2Darn/arn:aws:iam::111122223333:role%2Fteam%2F.%2Fapp"sv}) {
    CAPTURE(target);
    CHECK(normal(target) == "role-arn/arn:aws:iam::111122223333:role/team/app");
  }
  for (const auto target :
       {"/role-arn%2Fx"sv, "/role-arns/a%2Fb"sv, "/role/a%2Fb"sv, "/x/role-arn/a%2Fb"sv, "/role-arn/a%2F..%2Fb"sv,
        "/role-arn/..%2Fv2"sv, "/role-arn/a%2F%00"sv, "/role-arn/a%5Cb"sv}) {
    CAPTURE(target);
    CHECK(normal(target) == "(refused)");
  }
  CHECK(normal("/role-arn/a%252Fb") == "role-arn/a%2Fb");
}

TEST_CASE("a path in normal form already is not copied") {
  const std::string target = "/latest/meta-data/iam/security-credentials/app";
  std::string buffer;
  const auto path = normalise_path(target, buffer);
  REQUIRE(path.has_value());
  CHECK(path->data() == target.data() + 1);
  CHECK(buffer.empty());
}

TEST_CASE("a value of the query is decoded, and the first of a name counts") {
  CHECK(query_value("/v1/credentials?id=app", "id") == "app");
  CHECK(query_value("/v1/credentials?x=1&id=a%2Fb&id=c", "id") == "a/b");
  CHECK(query_value("/v1/credentials?i%64=app", "id") == "app");
  CHECK(query_value("/v1/credentials?id=a=b", "id") == "a=b");
  CHECK(query_value("/v1/credentials?id", "id") == "");
  CHECK(query_value("/v1/credentials?id=", "id") == "");
  CHECK_FALSE(query_value("/v1/credentials?idx=1", "id").has_value());
  CHECK_FALSE(query_value("/v1/credentials", "id").has_value());
}

}  // namespace
}  // namespace understudy::service
