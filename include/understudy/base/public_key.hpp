#pragma once

#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace understudy {

/// A public key as a JSON Web Key states it (RFC 7518, section 6): numbers are big-endian bytes, base64url taken off.
/// Immutable, so thread-safe; copies share the key. A failure of OpenSSL itself throws std::runtime_error.
class PublicKey {
 public:
  /// nullopt for what is no RSA key of 2048 to 8192 bits.
  static std::optional<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  /// `curve` is `P-256`, `P-384` or `P-521`. nullopt for another one, and for what is no point of it.
  static std::optional<PublicKey> ec(std::string_view curve, std::string_view x, std::string_view y);

  /// Whether `signature` is `algorithm`'s over `data` by this key. `algorithm` is JWS's word for it (RFC 7518, section
  /// 3.1): RS256, RS384, RS512, or ES256, ES384, ES512 with the curve that belongs to it. false for every other word.
  [[nodiscard]] bool verifies(std::string_view algorithm, std::string_view data, std::string_view signature) const;

 private:
  PublicKey(std::shared_ptr<evp_pkey_st> key, std::string_view kind) : key_(std::move(key)), kind_(kind) {}

  std::shared_ptr<evp_pkey_st> key_;
  std::string_view kind_;  ///< `RSA` or the curve's name, as in a table of constants.
};

}  // namespace understudy
