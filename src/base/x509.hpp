#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/openssl.hpp"

/// What the files that make certificates have in common. Each throws std::runtime_error where OpenSSL itself fails.
namespace understudy {

using Key = std::shared_ptr<EVP_PKEY>;

[[nodiscard]] Owned<ASN1_TIME, ASN1_TIME_free> asn1_time_of(WallTime time);

/// Version 3, with a random serial, that time to hold and the key; without names, extensions and signature.
[[nodiscard]] std::shared_ptr<X509> new_certificate(EVP_PKEY* key, WallTime not_before, WallTime not_after);

/// Adds `O=understudy` and `CN=<common_name>`.
void add_names(X509_NAME* name, std::string_view common_name);

/// `CERTIFICATE`, with a newline at its end.
[[nodiscard]] std::string pem_of(X509* certificate);
/// PKCS#8 (`PRIVATE KEY`), not encrypted. Whoever holds it wipes it.
[[nodiscard]] std::string pem_of(EVP_PKEY* key);

}  // namespace understudy
