#pragma once

#include <string>

#include "fakes/fake_roles.hpp"
#include "understudy/base/handler.hpp"

#include <doctest/doctest.h>

/// What the tests of CompatRoles have in common.
namespace understudy::service {

inline constexpr const char* kToken = "an-example-token-of-43-characters-abcdefghi";

inline constexpr const char* kPlayedArn = "arn:aws:iam::444455556666:role/team/played";

inline void check_role(const Response& response, const fakes::FakeRole& role) {
  CHECK(response.status == 200);
  CHECK(response.body.view().data() == role.state()->documents.ecs->data());
}

inline void check_error(const Response& response, int status, const std::string& code) {
  CHECK(response.status == status);
  CHECK(response.headers == Headers{{"Content-Type", "application/json"}});
  CHECK(response.body.view().starts_with(R"({"code":")" + code + R"(","message":")"));
  CHECK(response.body.view().ends_with(R"("HTTPErrorCode":)" + std::to_string(status) + "}"));
}

}  // namespace understudy::service
