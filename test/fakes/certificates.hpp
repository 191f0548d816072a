#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "fakes/raw_socket.hpp"

namespace understudy::fakes {

template <auto free>
struct OpensslDelete {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Certificate = std::unique_ptr<X509, OpensslDelete<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, OpensslDelete<EVP_PKEY_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, OpensslDelete<SSL_CTX_free>>;
using TlsSession = std::unique_ptr<SSL, OpensslDelete<SSL_free>>;
using Memory = std::unique_ptr<BIO, OpensslDelete<BIO_free>>;

inline std::string text_in(BIO& memory) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(&memory, &text);
  return {text, static_cast<std::size_t>(size)};
}

struct Identity {
  Certificate certificate;
  PrivateKey key;

  [[nodiscard]] std::string pem() const {
    const Memory out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate.get());
    return text_in(*out);
  }
};

/// What a certificate says: a subject's common name, its alternative names in OpenSSL's form (`DNS:a,IP:127.0.0.1`;
/// empty: none), and how many days it still holds (negative: ended).
struct Claims {
  std::string common_name;
  std::string alternative_names;
  int days = 1;
};

inline void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) {
    throw std::logic_error("no such extension: " + value);
  }
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// A certificate signed by `issuer`; an authority of its own where that is nullptr.
inline Identity make_identity(const Claims& claims, const Identity* issuer = nullptr) {
  Identity made{Certificate(X509_new()), PrivateKey(EVP_EC_gen("P-256"))};
  auto* const certificate = made.certificate.get();
  static long serial = 1;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -10L * 86400);
  X509_gmtime_adj(X509_getm_notAfter(certificate), claims.days * 86400L);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(claims.common_name.c_str()), -1, -1, 0);
  auto* const authority = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(authority));
  add_extension(certificate, authority, NID_basic_constraints, issuer != nullptr ? "CA:FALSE" : "critical,CA:TRUE");
  if (!claims.alternative_names.empty()) {
    add_extension(certificate, authority, NID_subject_alt_name, claims.alternative_names);
  }
  X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

/// The server's side of TLS on a connection of RawServer: shakes hands, waits for a request, sends `answer` (empty:
/// none) and close_notify, or `breaks_off` without. Returns what the client sent; empty where the handshake failed or
/// it sent nothing.
inline std::string answer_over_tls(const RawSocket& client, const Identity& identity, const std::string& answer,
                                   int newest_version = TLS1_3_VERSION, bool breaks_off = false) {
  const TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_max_proto_version(context.get(), newest_version);
  SSL_CTX_use_certificate(context.get(), identity.certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
  const TlsSession session(SSL_new(context.get()));
  SSL_set_fd(session.get(), client.fd());
  if (SSL_accept(session.get()) != 1) {
    return {};
  }
  std::string request;
  char part[4096];
  while (request.find("\r\n\r\n") == std::string::npos) {
    const int count = SSL_read(session.get(), part, sizeof part);
    if (count <= 0) {
      return request;
    }
    request.append(part, static_cast<std::size_t>(count));
  }
  if (!answer.empty()) {
    SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
  }
  if (!breaks_off) {
    SSL_shutdown(session.get());
  }
  return request;
}

}  // namespace understudy::fakes
