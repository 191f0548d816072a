#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

struct evp_pkey_st;
struct x509_st;

namespace understudy {

enum class SignerKind { kRsa1024, kRsa2048, kDsa1024 };

/// A private key with a certificate of its own, which sign CMS messages (RFC 5652). A failure of OpenSSL itself is a
/// fault and throws std::runtime_error. Immutable, so thread-safe; copies share the key.
class CmsSigner {
 public:
  /// A new key, and a certificate (X.509 version 3, signed by the key with SHA-256) that names it `common_name`, in the
  /// organization `understudy`, and holds from the day before `now` for 20 years. Takes a processor 5 to 200 ms (and an
  /// unlucky one more): the search for the primes of RSA. DSA's domain parameters are constants.
  [[nodiscard]] static CmsSigner make(SignerKind kind, std::string_view common_name, WallTime now);

  /// What `to_pem` wrote: a key and a certificate, in any order. `place` names it in messages, which hold nothing of
  /// its content. kInvalid (code `BadSigner`): one of them is missing, broken, encrypted, of another kind or size, or
  /// the certificate is not the key's.
  [[nodiscard]] static Result<CmsSigner> from_pem(SignerKind kind, std::string_view pem, std::string_view place);

  /// PKCS#8 (`PRIVATE KEY`), then `CERTIFICATE`.
  [[nodiscard]] Secret to_pem() const;
  /// The `CERTIFICATE` alone, with a newline at its end.
  [[nodiscard]] std::string certificate_pem() const;

  /// Over the SHA-256 of `data`. RSA: PKCS#1 v1.5, as long as the modulus. DSA: ASN.1 DER, another one at each call.
  [[nodiscard]] std::string sign_sha256(std::string_view data) const;

  /// DER of a ContentInfo with SignedData version 1: `data` itself as the content, byte for byte, one signature over
  /// content type, digest and the signing time `at`, and no certificate (the signer is named by issuer and serial). The
  /// digest is SHA-256, with DSA SHA-1.
  [[nodiscard]] std::string signed_data(std::string_view data, WallTime at) const;

 private:
  CmsSigner(SignerKind kind, std::shared_ptr<evp_pkey_st> key, std::shared_ptr<x509_st> certificate)
      : kind_(kind), key_(std::move(key)), certificate_(std::move(certificate)) {}

  SignerKind kind_;
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

}  // namespace understudy
