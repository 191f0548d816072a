#include "understudy/source/sts_client.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "understudy/aws/sigv4.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/server_time.hpp"

namespace understudy::source {
namespace {

/// Codes that a request of the wrong time may be refused with (aws::parse_error has taken off `Exception`).
constexpr std::array<std::string_view, 4> kSkewCodes{"RequestTimeTooSkewed", "InvalidSignature",
                                                     "SignatureDoesNotMatch", "AuthFailure"};

bool may_stem_from_clock(const Error& error) { return std::ranges::find(kSkewCodes, error.code) != kSkewCodes.end(); }

Request unsigned_request(const aws::StsCall& call, const Url& url) {
  Request request;
  request.method = "POST";
  request.target = url.target;
  request.headers.add("Host", url.authority());
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.headers.add("User-Agent", "understudy/" UNDERSTUDY_VERSION);
  request.body = aws::encode_call(call);
  return request;
}

/// A call with an MFA code is sent once: STS may have used the code up although its answer got lost.
bool carries_code(const aws::StsCall& call) {
  const auto* role = std::get_if<aws::AssumeRole>(&call);
  const auto* session = std::get_if<aws::GetSessionToken>(&call);
  return (role != nullptr && !role->token_code.empty()) || (session != nullptr && !session->token_code.empty());
}

/// STS says so also where it did not reach the issuer, so a refusal of the token itself takes as many attempts.
Error as_tried_again(Error error) {
  if (error.code == "InvalidIdentityToken") {
    error.kind = Error::Kind::kUnavailable;
  }
  return error;
}

}  // namespace

StsClient::StsClient(HttpClient& http, const Clock& clock, Log& log, Retry retry, StsClientSettings settings)
    : http_(http),
      clock_(clock),
      log_(log),
      retry_(std::move(retry)),
      settings_(std::move(settings)),
      correction_(clock, log, "STS's") {}

Result<aws::StsAnswer> StsClient::call(const aws::StsCall& call, const aws::Credentials* credentials,
                                       const aws::ProfileStsSettings* played) {
  auto outcome = call_until_settled(call, credentials, played);
  calls_.at(call.index()).add(outcome);
  return outcome;
}

Result<aws::StsAnswer> StsClient::call_until_settled(const aws::StsCall& call, const aws::Credentials* credentials,
                                                     const aws::ProfileStsSettings* played) {
  const auto endpoint = settings_.endpoint(played);
  if (!endpoint) {
    return endpoint.error();
  }
  for (int number = 1;; ++number) {
    auto tried = attempt(call, credentials, *endpoint);
    if (tried.outcome) {
      return std::move(tried.outcome);
    }
    // Also after the last attempt: the next call is then right at once.
    const bool was_skewed = may_stem_from_clock(tried.outcome.error()) && correction_.learn(tried.skew);
    if (number >= retry_.max_attempts || carries_code(call)) {
      return std::move(tried.outcome);
    }
    const auto& error = tried.outcome.error();
    log_.debug("STS {}: attempt {} failed: {}: {}", aws::action_of(call), number, escape_for_log(error.code),
               escape_for_log(error.message));
    if (!was_skewed && !retry_.again_after(number, as_tried_again(error))) {
      return std::move(tried.outcome);
    }
  }
}

StsClient::Attempt StsClient::attempt(const aws::StsCall& call, const aws::Credentials* credentials,
                                      const aws::StsEndpoint& endpoint) {
  auto request = unsigned_request(call, endpoint.url);
  if (credentials != nullptr) {
    aws::sign_request(request, *credentials, endpoint.signing_region, "sts", correction_.now());
  }
  auto limits = settings_.limits;
  limits.ca_bundle = endpoint.ca_bundle;
  const auto sent = clock_.wall();
  const auto response = http_.send(endpoint.url, request, limits);
  const auto received = clock_.wall();
  if (!response) {
    return {response.error(), std::nullopt};
  }
  const auto skew = skew_of(*response, sent, received);
  if (response->status != 200) {
    return {aws::parse_error(*response), skew};
  }
  auto answer = aws::parse_answer(aws::action_of(call), *response);
  if (answer) {
    if (auto& granted = answer->credentials) {
      granted->obtained = received_at(received, skew);
    }
  }
  return {std::move(answer), skew};
}

}  // namespace understudy::source
