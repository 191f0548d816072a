#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

struct evp_pkey_st;

/// Private keys and certificates as they stand in PEM files. A failure of OpenSSL itself is a fault and throws
/// std::runtime_error; a file that is not what it should be is an Error. `place` names it in messages, which hold
/// nothing of its content: `/etc/pki/host.key`, `dpopKey in ~/.aws/login/cache/36db.json`.
namespace understudy {

enum class KeyKind { kRsa, kEc };

struct Certificate;

/// An RSA or EC private key. Immutable, so thread-safe; copies share the key.
class PrivateKey {
 public:
  /// The first private key in `pem`: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`).
  /// kInvalid: `BadPrivateKey` (none there, broken, or neither RSA nor EC), `EncryptedPrivateKey`.
  static Result<PrivateKey> from_pem(std::string_view pem, std::string_view place);

  [[nodiscard]] KeyKind kind() const { return kind_; }

  /// Over the SHA-256 of `data`. RSA: PKCS#1 v1.5, as long as the modulus. EC: ECDSA in ASN.1 DER (RFC 3279), another
  /// one at each call.
  [[nodiscard]] std::string sign_sha256(std::string_view data) const;

  /// A point of P-256: 32 big-endian bytes each.
  struct P256Point {
    std::string x;
    std::string y;
  };
  /// The public half; nullopt where the key is not on P-256.
  [[nodiscard]] std::optional<P256Point> p256_point() const;
  /// JWS's ES256 (RFC 7518, section 3.4): r and s, 32 bytes each. REQUIRES: p256_point().
  [[nodiscard]] std::string sign_es256(std::string_view data) const;

  /// Whether the certificate is for this key.
  [[nodiscard]] bool belongs_to(const Certificate& certificate) const;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind) : key_(std::move(key)), kind_(kind) {}

  std::shared_ptr<evp_pkey_st> key_;
  KeyKind kind_;
};

/// What is needed of an X.509 certificate (RFC 5280). A plain value; nothing of it is verified.
struct Certificate {
  std::string der;
  std::string serial;  ///< Decimal: `1234567890`.
  WallTime not_before{};
  WallTime not_after{};
  std::string public_key;            ///< SubjectPublicKeyInfo, DER.
  std::vector<std::string> names{};  ///< The hosts in its subjectAltName: `web.example`, `127.0.0.1`, `::1`.
  bool operator==(const Certificate&) const = default;
};

/// What a TLS server shows its clients, and what it proves that with.
struct TlsIdentity {
  std::vector<Certificate> chain;  ///< The server's own first, then those between it and one that clients trust.
  Secret private_key;              ///< PEM, not encrypted.
};

/// All certificates in `pem`, in its order; what else stands there, such as a key, is passed over.
/// kInvalid: `BadCertificate` (none there, or a broken one).
Result<std::vector<Certificate>> certificates_in(std::string_view pem, std::string_view place);

}  // namespace understudy
