#pragma once

#include <span>
#include <string>
#include <string_view>

#include "understudy/aws/sigv4.hpp"
#include "understudy/base/keys.hpp"

namespace understudy::aws {

/// Signs `request` at `time` in place with the key of a certificate, as IAM Roles Anywhere wants it (its User Guide,
/// "The IAM Roles Anywhere authentication signing process"; the wire form is that of aws_signing_helper 1.1): canonical
/// request and scope are Signature Version 4's. The differences:
/// - the algorithm is `AWS4-X509-RSA-SHA256` or `AWS4-X509-ECDSA-SHA256`, by the key's kind, and the signature is the
///   key's own over the string to sign, in hex;
/// - Credential begins with the certificate's serial number, in decimal;
/// - `X-Amz-X509` holds the certificate, base64 of its DER; `X-Amz-X509-Chain` those of `chain`, joined by `,`, and is
///   left out where there are none. Both are signed.
/// What stood in these headers is replaced. Thread-safe; pure but for the randomness of an ECDSA signature.
/// REQUIRES: the request has its final `Host` (one), body and target; key.belongs_to(certificate).
SignatureSteps sign_request_x509(Request& request, const PrivateKey& key, const Certificate& certificate,
                                 std::span<const Certificate> chain, std::string_view region, std::string_view service,
                                 WallTime time);

}  // namespace understudy::aws
