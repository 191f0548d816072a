#pragma once

#include <string>
#include <utility>

#include "understudy/base/message.hpp"
#include "understudy/metadata/task.hpp"

/// What the tests of AgentApi have in common.
namespace understudy::service {

inline metadata::TaskSettings settings() {
  metadata::TaskSettings made;
  made.tasks["shop"].arn = "arn:T";
  made.tasks["blog"].arn = "arn:B";
  return made;
}

inline std::string state_of(const std::string& id) { return "api/" + id + "/task-protection/v1/state"; }

inline Request request_from(std::string address, std::string method, std::string body = "") {
  Request request;
  request.method = std::move(method);
  request.body = std::move(body);
  request.peer.address = std::move(address);
  return request;
}

}  // namespace understudy::service
