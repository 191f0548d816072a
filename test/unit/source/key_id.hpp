#pragma once

#include <string>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/result.hpp"

namespace understudy::source {

/// By which tests tell credentials apart; of an error its code.
inline std::string key_id(const Result<aws::Credentials>& got) { return got ? got->access_key_id : got.error().code; }

}  // namespace understudy::source
