#pragma once

#include <memory>
#include <string>
#include <vector>

#include "understudy/base/keys.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/result.hpp"

struct ssl_ctx_st;

namespace understudy::http {

/// TLS for a listener: 1.2 or newer, forward secrecy, ALPN `http/1.1`; no tickets and no resumption, so that nothing of
/// a client outlives its connection; no renegotiation. Immutable, so thread-safe; a failure of OpenSSL itself throws
/// std::runtime_error.
class TlsContext {
 public:
  /// kInvalid, code `BadTlsIdentity`: the key can not be read, or is not the certificate's, or clients would refuse it
  /// (it is not on P-256, P-384 or P-521, nor RSA of 2048 bits or more, nor Ed25519), or the certificate's signature,
  /// which is by SHA-1; or OpenSSL's level of security refuses a certificate behind it. The message has the reason and
  /// no content.
  /// REQUIRES: the chain is not empty.
  static Result<std::shared_ptr<const TlsContext>> make(const TlsIdentity& identity);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  /// What it was made of: the server's own certificate first.
  [[nodiscard]] const std::vector<Certificate>& chain() const { return chain_; }
  /// The hosts that its certificate names: `understudy`, `127.0.0.1`.
  [[nodiscard]] const std::vector<std::string>& names() const { return chain_.front().names; }

 private:
  friend class TlsStream;
  TlsContext(ssl_ctx_st* context, std::vector<Certificate> chain) : context_(context), chain_(std::move(chain)) {}

  ssl_ctx_st* context_;
  std::vector<Certificate> chain_;
};

/// By which of a certificate's names to call who listens at that address: by the address itself, if it is one of them,
/// else by the first that is no wildcard, else by `understudy` below the first; by the address where there is none.
[[nodiscard]] std::string name_among(const std::vector<std::string>& names, const std::string& address);

/// The same for a listener; empty where it speaks plain HTTP.
[[nodiscard]] std::string tls_name(const std::shared_ptr<const TlsContext>& tls, const ListenAddress& address);

}  // namespace understudy::http
