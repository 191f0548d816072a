#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/keys.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

struct evp_pkey_st;
struct x509_st;

namespace understudy {

/// A certificate authority of one's own, for servers on private networks: ECDSA on P-256, SHA-256. Its certificate is
/// limited by name constraints (RFC 5280, section 4.2.1.10), so that who steals its key can be no public host to those
/// who trust it: it may name what `kNames` and private addresses cover, and what it was made for.
///
/// Immutable, so thread-safe; copies share the key. A failure of OpenSSL itself throws std::runtime_error.
class Authority {
 public:
  /// Names that no public host has (RFC 6761, RFC 8375, ICANN's `internal`), with all below them; and our own.
  static constexpr std::string_view kNames[] = {"localhost", "understudy", "internal", "local",
                                                "test",      "svc",        "home.arpa"};
  static constexpr std::chrono::hours kLife{24 * 3650};
  /// Clients of Apple's refuse what holds longer than 398 days (https://support.apple.com/en-us/102028).
  static constexpr std::chrono::hours kLeafLife{24 * 397};

  /// A new one that holds from an hour before `now` on. `names` are further ones that it may name: host names, with all
  /// below them, and addresses. REQUIRES: each passes is_tls_name.
  static Authority make(const std::vector<std::string>& names, WallTime now);

  /// One that `certificate_pem` and `key_pem` gave. kInvalid, code `BadAuthority`: there is none that can be read, it
  /// is no authority's, or has no subjectKeyIdentifier, or the key is another's or neither EC nor RSA; the message
  /// names `place` and nothing of the content.
  static Result<Authority> from_pem(std::string_view certificate, std::string_view key, std::string_view place);

  /// With a newline at its end.
  [[nodiscard]] std::string certificate_pem() const;
  /// PKCS#8, not encrypted.
  [[nodiscard]] Secret key_pem() const;
  [[nodiscard]] WallTime not_after() const;

  /// Whether its constraints let it name that host or address. REQUIRES: is_tls_name(name).
  [[nodiscard]] bool permits(std::string_view name) const;

  /// A new key and a certificate for a server with these names, from an hour before `now` on for `kLeafLife` at most,
  /// and no longer than the authority's. REQUIRES: one name at least, each passes is_tls_name, and permits.
  [[nodiscard]] TlsIdentity issue(const std::vector<std::string>& names, WallTime now) const;

 private:
  Authority(std::shared_ptr<evp_pkey_st> key, std::shared_ptr<x509_st> certificate)
      : key_(std::move(key)), certificate_(std::move(certificate)) {}

  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

/// `understudy`, `web.example`, `*.web.example`, `127.0.0.1`, `::1`: what may stand in a certificate for a server. Not
/// `*.example`, which most clients refuse.
[[nodiscard]] bool is_tls_name(std::string_view text);

}  // namespace understudy
