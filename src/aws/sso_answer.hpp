#pragma once

#include <string>
#include <utility>

#include "understudy/base/result.hpp"

namespace understudy::aws {

/// For an answer of IAM Identity Center that lacks what it has to hold. Pure.
[[nodiscard]] inline Error bad_sso_answer(std::string why) {
  return {Error::Kind::kUnavailable, "BadAnswer", std::move(why)};
}

}  // namespace understudy::aws
