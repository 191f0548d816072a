#include "understudy/base/http_client.hpp"

#include <fmt/format.h>

namespace understudy {

Result<Response> HandlerClient::send(const Url& origin, const Request& request, const CallLimits& limits) {
  Request sent = request;
  if (!sent.headers.get("Host")) {
    sent.headers.add("Host", origin.authority());
  }
  sent.peer = {"127.0.0.1", 0};
  auto response = answer_now(handler_, sent);
  if (response.body.size() > limits.max_body) {
    return Error{Error::Kind::kUnavailable, "TooLarge",
                 fmt::format("{} answered with more than {} bytes", origin.authority(), limits.max_body)};
  }
  return response;
}

}  // namespace understudy
