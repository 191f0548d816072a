#pragma once

#include <string>

namespace understudy::service {

/// A fresh `x-amzn-RequestId`, random, of version 4 of RFC 4122: `0f8fad5b-d9cb-469f-a165-70867728950e`. Thread-safe.
[[nodiscard]] std::string new_sts_request_id();

}  // namespace understudy::service
