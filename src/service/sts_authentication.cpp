#include "sts_authentication.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "understudy/aws/access_key.hpp"
#include "understudy/aws/sigv4.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::service {
namespace {

constexpr std::chrono::minutes kSkew(5);
/// Whatever X-Amz-Expires says, and where a URL has none (aws-iam-authenticator, pkg/token/token.go: EKS's tokens say
/// 60 seconds and rely on it; the AWS SDK for Go writes URLs without).
constexpr std::chrono::minutes kPresignedLasts(15);

Error mismatch(std::string message) { return {Error::Kind::kDenied, "SignatureDoesNotMatch", std::move(message)}; }

Error unknown_key() {
  return {Error::Kind::kDenied, "InvalidClientTokenId", "The security token included in the request is invalid."};
}

/// An identity and the secret that it signs with.
struct Signer {
  StsIdentity identity;
  Secret secret_access_key;
};

Signer signer_of(const StsUser& user, std::string_view partition) {
  StsIdentity identity;
  identity.arn = fmt::format("arn:{}:iam::{}:user/{}", partition, user.account, user.name);
  identity.user_id = aws::make_unique_id("AIDA", identity.arn);
  identity.account = user.account;
  return {std::move(identity), user.secret_access_key};
}

Result<Signer> find_signer(const StsVerifier& verifier, const aws::PresentedSignature& presented, WallTime now) {
  if (const auto user = verifier.users.find(presented.access_key_id); user != verifier.users.end()) {
    const auto expected = user->second.session_token.value_or(Secret());
    return expected == Secret(std::string_view(presented.session_token))
               ? Result<Signer>(signer_of(user->second, verifier.partition))
               : Result<Signer>(unknown_key());
  }
  auto session = verifier.sealer.unseal(presented.session_token, presented.access_key_id);
  if (!session) {
    return unknown_key();
  }
  if (session->expires <= now) {
    return Error{Error::Kind::kExpired, "ExpiredToken", "The security token included in the request is expired"};
  }
  return Signer{std::move(session->identity), std::move(session->secret_access_key)};
}

Result<void> check_time(const aws::PresentedSignature& presented, WallTime now) {
  const auto lasts = presented.presigned ? kPresignedLasts : kSkew;
  if (presented.time + lasts < now) {
    return mismatch(fmt::format("Signature expired: {} is now earlier than {} ({} - {} min.)",
                                format_amz_date(presented.time), format_amz_date(now - lasts), format_amz_date(now),
                                lasts.count()));
  }
  if (presented.time > now + kSkew) {
    return mismatch(fmt::format("Signature not yet current: {} is still later than {} ({} + {} min.)",
                                format_amz_date(presented.time), format_amz_date(now + kSkew), format_amz_date(now),
                                kSkew.count()));
  }
  return {};
}

Result<void> check_scope(const aws::CredentialScope& scope, std::string_view region) {
  if (scope.service != "sts") {
    return mismatch("Credential should be scoped to correct service: 'sts'.");
  }
  if (!region.empty() && scope.region != region) {
    return mismatch(fmt::format("Credential should be scoped to a valid region: '{}'.", region));
  }
  return {};
}

}  // namespace

Result<StsIdentity> StsVerifier::verify(const Request& request, WallTime now) const {
  const auto presented = aws::read_signature(request);
  if (!presented) {
    return presented.error();
  }
  auto signer = find_signer(*this, *presented, now);
  if (!signer) {
    return std::move(signer).error();
  }
  for (const auto& outcome : {check_scope(presented->scope, region), check_time(*presented, now)}) {
    if (!outcome) {
      return outcome.error();
    }
  }
  const auto expected = aws::expected_signature(request, *presented, signer->secret_access_key).signature;
  if (!equal_in_constant_time(expected, presented->signature)) {
    return mismatch(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.");
  }
  return std::move(signer->identity);
}

}  // namespace understudy::service
