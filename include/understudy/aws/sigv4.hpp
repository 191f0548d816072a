#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"

/// Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"), as pure functions: the signer of our
/// STS client and the verifier of the embedded STS share every step. Thread-safe.
namespace understudy::aws {

inline constexpr std::string_view kSigningAlgorithm = "AWS4-HMAC-SHA256";

/// `20261120/us-east-1/sts/aws4_request`, in parts.
struct CredentialScope {
  std::string date;  ///< yyyymmdd, UTC.
  std::string region;
  std::string service;
  bool operator==(const CredentialScope&) const = default;
  [[nodiscard]] std::string to_string() const;
};

/// Every step of one signature, so that a vector or a peer can be compared step by step. Holds no signing key, but the
/// canonical request of temporary credentials has their session token in it: not for logs.
struct SignatureSteps {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;  ///< Lower-case hex.
};

/// `host;x-amz-date`: the names that go into a signature: lower case, sorted, each once.
using SignedHeaders = std::vector<std::string>;

/// Signs `request` at `time` in place: adds X-Amz-Date, X-Amz-Security-Token where `credentials` has one, and
/// Authorization, replacing what was there. Signs every header but those that must not be signed (connection, expect,
/// keep-alive, proxy-*, te, trailer, transfer-encoding, upgrade, user-agent, x-amzn-trace-id).
/// REQUIRES: the request has its final `Host` (one, exactly as it is sent), body and target.
SignatureSteps sign_request(Request& request, const Credentials& credentials, std::string_view region,
                            std::string_view service, WallTime time);

/// The presigned form: appends X-Amz-Algorithm, -Credential, -Date, -Expires, -SignedHeaders, -Security-Token and
/// -Signature to the target's query in place of those that were there, takes the header form's three headers out, and
/// signs `host` and every other header that may be signed. The payload is the body, as in the header form.
/// REQUIRES: as sign_request; `expires` is from 1 s to 7 days.
SignatureSteps presign_request(Request& request, const Credentials& credentials, std::string_view region,
                               std::string_view service, WallTime time, std::chrono::seconds expires);

/// What a request says of its own signature.
struct PresentedSignature {
  std::string access_key_id;
  CredentialScope scope;
  SignedHeaders signed_headers;
  std::string signature;
  WallTime time{};
  std::string session_token;  ///< Empty where there is none.
  bool presigned = false;
};

/// Reads the Authorization header or the presigned query. kInvalid with the code AWS uses: `MissingAuthenticationToken`
/// (none there), `IncompleteSignature` (parts missing, malformed or twice, or `host` not signed). kDenied with
/// `SignatureDoesNotMatch` where the scope's date is not the day of `time`. How old it is is not looked
/// at, and of an X-Amz-Expires only that it is from 1 s to 7 days: STS does not act upon it.
Result<PresentedSignature> read_signature(const Request& request);

/// Computes what the signature of `request` should be for that secret. Comparing is the caller's: use
/// equal_in_constant_time.
[[nodiscard]] SignatureSteps expected_signature(const Request& request, const PresentedSignature& presented,
                                                const Secret& secret_access_key);

}  // namespace understudy::aws
