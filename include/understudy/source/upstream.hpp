#pragma once

#include <string>
#include <string_view>

#include "understudy/base/message.hpp"
#include "understudy/source/kind.hpp"

/// Asking another metadata endpoint for the credentials that it hands out. Thread-safe.
namespace understudy::source {

/// Says which process a request comes from, so that one which would be its own upstream finds out, whatever address or
/// proxy lies between: our endpoints answer a request that has their own process's mark with kLoopStatus and the mark.
inline constexpr std::string_view kViaHeader = "X-Understudy-Via";
inline constexpr int kLoopStatus = 508;

struct UpstreamAnswer {
  Response response;
  WallTime received{};  ///< As received_at has it: what credentials in the answer were `obtained` at.
};

/// Sends `request` to `endpoint`, with `Host`, `User-Agent` and the mark added; what may pass is tried again as
/// `surroundings.retry` says. 1 s to connect, 5 s in all, each. Any status but 429, 5xx and a loop is an answer.
/// Errors: HttpClient's; kThrottled, kUnavailable (code `Http503`); kInvalid `LoopToItself`. `what` is for messages.
Result<UpstreamAnswer> ask_upstream(const Surroundings& surroundings, std::string_view what, const Url& endpoint,
                                    Request request);

/// Reads `{"AccessKeyId": .., "SecretAccessKey": .., "Token": .., "Expiration": .., "RoleArn"?, "AccountId"?}`, what
/// every such endpoint answers. kUnavailable (code `BadAnswer`) for anything else; the message quotes nothing of it.
Result<aws::Credentials> parse_endpoint_document(std::string_view text, std::string_view what);

/// The error in an answer other than 200: kDenied for 401 and 403, kNotFound for 404, else kInvalid; code and message
/// of ECS's or Pod Identity's JSON where they are there, else `Http404`.
[[nodiscard]] Error upstream_refusal(const Response& response, std::string_view what);

}  // namespace understudy::source
