#pragma once

#include <string>
#include <string_view>

#include "fakes/fake_clock.hpp"
#include "understudy/aws/sigv4.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/url.hpp"

namespace understudy::fakes {

/// Calls STS as an SDK does, with no retries: encodes, signs, sends, and parses what comes back.
class StsCaller {
 public:
  StsCaller(HttpClient& http, const Clock& clock) : http_(http), clock_(clock) {}

  /// The posted form, signed where `credentials` is given.
  [[nodiscard]] Request request(std::string body, const aws::Credentials* credentials,
                                std::string_view region = "us-east-1") const {
    Request request;
    request.method = "POST";
    request.headers = {{"Host", "sts.us-east-1.amazonaws.com"},
                       {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    request.body = std::move(body);
    if (credentials != nullptr) {
      aws::sign_request(request, *credentials, region, "sts", clock_.wall());
    }
    return request;
  }

  [[nodiscard]] Response send(const Request& request) const {
    return http_.send(Url{"http", "sts.us-east-1.amazonaws.com", 80, "/"}, request, CallLimits()).value();
  }

  [[nodiscard]] Result<aws::StsAnswer> call(const aws::StsCall& call, const aws::Credentials* credentials) const {
    return read(aws::action_of(call), send(request(aws::encode_call(call), credentials)));
  }

  /// An answer, or the error as a client reads it.
  [[nodiscard]] static Result<aws::StsAnswer> read(std::string_view action, const Response& response) {
    return response.status == 200 ? aws::parse_answer(action, response)
                                  : Result<aws::StsAnswer>(aws::parse_error(response));
  }

 private:
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace understudy::fakes
