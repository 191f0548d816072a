#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "fakes/certificates.hpp"
#include "fakes/raw_socket.hpp"

namespace understudy::fakes {

/// How a client speaks TLS, and whom it trusts.
struct TlsManners {
  std::string trusted_pem{};  ///< Empty: it takes any certificate.
  std::string host{};         ///< What the certificate has to name; empty: it does not matter.
  int newest_version = TLS1_3_VERSION;
  std::string_view alpn{};  ///< As on the wire: a length and a name, each.
};

/// A client that speaks TLS over a RawSocket, by OpenSSL's own words.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const TlsManners& manners)
      : socket_(RawSocket::connect_to(port)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), manners.newest_version);
    if (!manners.trusted_pem.empty()) {
      trust(manners.trusted_pem);
    }
    session_.reset(SSL_new(context_.get()));
    demand(manners.host);
    if (!manners.alpn.empty()) {
      SSL_set_alpn_protos(session_.get(), reinterpret_cast<const unsigned char*>(manners.alpn.data()),
                          static_cast<unsigned>(manners.alpn.size()));
    }
    SSL_set_fd(session_.get(), socket_.fd());
    ERR_clear_error();
    is_connected_ = SSL_connect(session_.get()) == 1;
    if (!is_connected_) {
      const char* const reason = ERR_reason_error_string(ERR_peek_error());
      error_ = reason != nullptr ? reason : "closed";
    }
  }

  [[nodiscard]] bool is_connected() const { return is_connected_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] SSL* session() const { return session_.get(); }
  [[nodiscard]] const RawSocket& socket() const { return socket_; }

  [[nodiscard]] std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

  bool send(std::string_view text) const {
    return SSL_write(session_.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size());
  }

  /// Until `text` has come, or the other side ends.
  std::string receive_until(std::string_view text) const {
    std::string all;
    char part[16384];
    while (all.find(text) == std::string::npos) {
      const int count = SSL_read(session_.get(), part, sizeof part);
      if (count <= 0) {
        break;
      }
      all.append(part, static_cast<std::size_t>(count));
    }
    return all;
  }

  /// Whether the other side has said that nothing more comes, as it should before it closes.
  [[nodiscard]] bool was_told_goodbye() const {
    return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

 private:
  void trust(const std::string& pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), certificate.get());
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context_.get()), X509_V_FLAG_X509_STRICT);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  }

  void demand(const std::string& host) {
    if (!host.empty() && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), host.c_str()) != 1) {
      SSL_set1_host(session_.get(), host.c_str());
    }
  }

  RawSocket socket_;
  TlsContext context_;
  TlsSession session_;
  bool is_connected_ = false;
  std::string error_;
};

}  // namespace understudy::fakes
