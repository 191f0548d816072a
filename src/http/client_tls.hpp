#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "understudy/base/descriptor.hpp"
#include "understudy/base/openssl.hpp"
#include "understudy/base/result.hpp"
#include "wire.hpp"

namespace understudy::http {

/// Whose certificates a client accepts.
struct ClientTrust {
  std::string authorities{};  ///< PEM file of those that are trusted; empty: the system's.
  bool trusts_each = false;   ///< Each certificate in it is believed by itself (ClientSettings).
};

/// The client's side of TLS, 1.2 or newer, for connections to one host: its certificate has to be of an authority that
/// is trusted and to name the host, or its address, as NetworkClient has it. Over TLS bytes end by close_notify: a
/// connection that just closes broke off (RFC 9112 section 9.8).
///
/// Errors are kUnavailable with code `TlsError`; the messages are half sentences without the host. Thread-safety: that
/// of a value.
class ClientTls {
 public:
  static Result<ClientTls> make(const std::string& host, const ClientTrust& trust);

  /// Shakes hands over a connected socket. REQUIRES: SIGPIPE is blocked, here and for the wire's life.
  [[nodiscard]] Result<std::unique_ptr<Wire>> secure(Descriptor socket) const;

 private:
  using Context = Owned<SSL_CTX, SSL_CTX_free>;
  ClientTls(Context context, std::string host);

  Context context_;
  std::string host_;
};

}  // namespace understudy::http
