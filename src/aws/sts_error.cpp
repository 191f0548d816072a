#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sts_document.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

using Kind = Error::Kind;

struct KnownCode {
  std::string_view code;  ///< Without a trailing `Exception`.
  Kind kind;
};

constexpr std::array kKnownCodes = {
    KnownCode{"ExpiredToken", Kind::kExpired},
    KnownCode{"RequestExpired", Kind::kExpired},
    KnownCode{"IDPCommunicationError", Kind::kUnavailable},
    KnownCode{"InternalFailure", Kind::kUnavailable},
    KnownCode{"InternalError", Kind::kUnavailable},
    KnownCode{"InternalServerError", Kind::kUnavailable},
    KnownCode{"ServiceUnavailable", Kind::kUnavailable},
    KnownCode{"RequestTimeout", Kind::kUnavailable},
    KnownCode{"Throttling", Kind::kThrottled},
    KnownCode{"Throttled", Kind::kThrottled},
    KnownCode{"ThrottledRequest", Kind::kThrottled},
    KnownCode{"RequestThrottled", Kind::kThrottled},
    KnownCode{"RequestLimitExceeded", Kind::kThrottled},
    KnownCode{"TooManyRequests", Kind::kThrottled},
    KnownCode{"BandwidthLimitExceeded", Kind::kThrottled},
    KnownCode{"SlowDown", Kind::kThrottled},
    KnownCode{"AccessDenied", Kind::kDenied},
    KnownCode{"IDPRejectedClaim", Kind::kDenied},
    KnownCode{"InvalidIdentityToken", Kind::kDenied},
    KnownCode{"InvalidClientTokenId", Kind::kDenied},
    KnownCode{"UnrecognizedClient", Kind::kDenied},
    KnownCode{"RegionDisabled", Kind::kDenied},
    KnownCode{"SignatureDoesNotMatch", Kind::kDenied},
    KnownCode{"InvalidSignature", Kind::kDenied},
    KnownCode{"RequestTimeTooSkewed", Kind::kDenied},
    KnownCode{"AuthFailure", Kind::kDenied},
    KnownCode{"MissingAuthenticationToken", Kind::kDenied},
    KnownCode{"OptInRequired", Kind::kDenied},
};

Kind kind_of_status(int status) {
  switch (status) {
    case 429:
      return Kind::kThrottled;
    case 408:
      return Kind::kUnavailable;
    default:
      return status >= 400 && status < 500 ? Kind::kDenied : Kind::kUnavailable;
  }
}

Kind kind_of(std::string_view code, int status) {
  const auto* known = std::ranges::find(kKnownCodes, code, &KnownCode::code);
  if (status == 429) {
    return Kind::kThrottled;
  }
  return known != kKnownCodes.end() ? known->kind : kind_of_status(status);
}

/// A code goes into answers and logs: one that is no word is not taken over.
bool is_code(std::string_view code) { return code.size() <= 128 && is_word(code, "._-"); }

/// A text that is no error of STS's comes from something in between (a proxy, a login page): it says nothing of the
/// role.
Error without_reason(const Response& response) {
  const bool from_another = !response.body.view().empty() && response.status != 429;
  return {from_another ? Kind::kUnavailable : kind_of_status(response.status), fmt::format("Http{}", response.status),
          from_another ? fmt::format("The answer ({}) is none of STS's: is a proxy or another server in its place?",
                                     response.status)
                       : fmt::format("STS answered {} and gave no reason.", response.status)};
}

}  // namespace

Error parse_error(const Response& response) {
  constexpr std::size_t kLongestMessage = 1024;
  auto [code, message] = read_error(response.body.view());
  if (!is_code(code)) {
    return without_reason(response);
  }
  if (constexpr std::string_view kSuffix = "Exception"; code.size() > kSuffix.size() && code.ends_with(kSuffix)) {
    code.resize(code.size() - kSuffix.size());
  }
  if (message.empty()) {
    message = fmt::format("STS answered {} and gave no message.", response.status);
  }
  message = replace_invalid_utf8(std::string_view(message).substr(0, kLongestMessage));
  return {kind_of(code, response.status), std::move(code), std::move(message)};
}

}  // namespace understudy::aws
