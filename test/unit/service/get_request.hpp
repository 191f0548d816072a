#pragma once

#include <string>
#include <utility>

#include "understudy/base/message.hpp"

namespace understudy::service {

/// A GET as it reaches a handler.
inline Request get(std::string target, Headers headers = {}, std::string from = "127.0.0.1") {
  Request request;
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.peer = {std::move(from), 4711};
  return request;
}

}  // namespace understudy::service
