#include "understudy/aws/sigv4.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "sigv4_parts.hpp"
#include "understudy/aws/canonical_request.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

constexpr std::array<std::string_view, 7> kPresignParameters{
    "X-Amz-Algorithm", "X-Amz-Credential",     "X-Amz-Date",         "X-Amz-Expires",
    "X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-SignedHeaders"};

std::string signature_of(const Secret& secret, const CredentialScope& scope, std::string_view string_to_sign) {
  // One buffer for every key of the chain, so that there is one to wipe.
  std::string key;
  key.reserve(secret.reveal().size() + 4);
  key.append("AWS4").append(secret.reveal());
  for (const std::string_view step :
       {std::string_view(scope.date), std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request"), string_to_sign}) {
    const auto next = hmac_sha256(key, step);
    wipe(key);
    key = bytes_of(next);
  }
  // The last step is the signature itself and no longer a key.
  return hex(key);
}

SignatureSteps steps_of(const Request& request, const SignedHeaders& names, const CredentialScope& scope, WallTime time,
                        const Secret& secret, bool presigned) {
  SignatureSteps steps;
  steps.canonical_request = canonical_request(request, names, scope.service, presigned);
  steps.string_to_sign = string_to_sign(kSigningAlgorithm, steps.canonical_request, scope, time);
  steps.signature = signature_of(secret, scope, steps.string_to_sign);
  return steps;
}

/// The target without the parameters of an earlier signature; the others stay as they are written.
std::string target_to_presign(std::string_view target) {
  const auto [path, query] = split_target(target);
  std::string kept;
  for (const auto part : split(query, '&')) {
    const auto name = percent_decode(part.substr(0, part.find('=')));
    if (!part.empty() && std::ranges::find(kPresignParameters, name) == kPresignParameters.end()) {
      kept += fmt::format("{}&", part);
    }
  }
  return fmt::format("{}?{}", path, kept);
}

}  // namespace

std::string CredentialScope::to_string() const { return fmt::format("{}/{}/{}/aws4_request", date, region, service); }

CredentialScope scope_of(WallTime time, std::string_view region, std::string_view service) {
  return {format_amz_date(time).substr(0, 8), std::string(region), std::string(service)};
}

std::string string_to_sign(std::string_view algorithm, std::string_view canonical_request, const CredentialScope& scope,
                           WallTime time) {
  return fmt::format("{}\n{}\n{}\n{}", algorithm, format_amz_date(time), scope.to_string(),
                     hex(bytes_of(sha256(canonical_request))));
}

std::string authorization(std::string_view algorithm, std::string_view id, const CredentialScope& scope,
                          const SignedHeaders& names, const SignatureSteps& steps) {
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, id, scope.to_string(),
                     fmt::join(names, ";"), steps.signature);
}

void remove_signature(Request& request) {
  if (request.headers.count("Host") != 1) {
    throw std::logic_error("a request is signed with exactly one Host header, the one that is sent");
  }
  for (const auto* name : {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"}) {
    request.headers.remove(name);
  }
}

SignatureSteps sign_request(Request& request, const Credentials& credentials, std::string_view region,
                            std::string_view service, WallTime time) {
  remove_signature(request);
  request.headers.add("X-Amz-Date", format_amz_date(time));
  if (credentials.session_token) {
    request.headers.add("X-Amz-Security-Token", credentials.session_token->reveal());
  }
  const auto names = headers_to_sign(request.headers);
  const auto scope = scope_of(time, region, service);
  auto steps = steps_of(request, names, scope, time, credentials.secret_access_key, false);
  request.headers.add("Authorization",
                      authorization(kSigningAlgorithm, credentials.access_key_id, scope, names, steps));
  return steps;
}

SignatureSteps presign_request(Request& request, const Credentials& credentials, std::string_view region,
                               std::string_view service, WallTime time, std::chrono::seconds expires) {
  remove_signature(request);
  const auto names = headers_to_sign(request.headers);
  const auto scope = scope_of(time, region, service);
  std::string target = target_to_presign(request.target);
  target +=
      fmt::format("X-Amz-Algorithm={}&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}&X-Amz-SignedHeaders={}",
                  kSigningAlgorithm, percent_encode(credentials.access_key_id + "/" + scope.to_string()),
                  format_amz_date(time), expires.count(), percent_encode(fmt::format("{}", fmt::join(names, ";"))));
  if (credentials.session_token) {
    target += "&X-Amz-Security-Token=" + percent_encode(credentials.session_token->reveal());
  }
  request.target = std::move(target);
  auto steps = steps_of(request, names, scope, time, credentials.secret_access_key, true);
  request.target += "&X-Amz-Signature=" + steps.signature;
  return steps;
}

SignatureSteps expected_signature(const Request& request, const PresentedSignature& presented,
                                  const Secret& secret_access_key) {
  return steps_of(request, presented.signed_headers, presented.scope, presented.time, secret_access_key,
                  presented.presigned);
}

}  // namespace understudy::aws
