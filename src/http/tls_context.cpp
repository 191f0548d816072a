#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "understudy/base/openssl.hpp"
#include "understudy/http/tls.hpp"

namespace understudy::http {
namespace {

using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using X509Owned = Owned<X509, X509_free>;

/// By the names that OpenSSL has for P-256, P-384 and P-521.
constexpr std::array<std::string_view, 3> kCurves{SN_X9_62_prime256v1, SN_secp384r1, SN_secp521r1};
constexpr int kLeastRsaBits = 2048;
/// SHA-1 has fewer by any count, SHA-224 as many.
constexpr int kLeastSignatureBits = 112;
constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, size, kHttp11.data(), kHttp11.size(), offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Context new_context() {
  Context context(SSL_CTX_new(TLS_server_method()));
  require(context != nullptr, "SSL_CTX_new");
  auto* const made = context.get();
  require(SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) == 1, "SSL_CTX_set_min_proto_version");
  // Of TLS 1.2 what has forward secrecy and authenticated encryption; all of TLS 1.3 has.
  require(SSL_CTX_set_cipher_list(made, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, "SSL_CTX_set_cipher_list");
  SSL_CTX_set_options(
      made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  require(SSL_CTX_set_num_tickets(made, 0) == 1, "SSL_CTX_set_num_tickets");
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(made,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
  return context;
}

X509Owned parsed(const Certificate& certificate) {
  const auto* bytes = raw(certificate.der);
  return X509Owned(d2i_X509(nullptr, &bytes, static_cast<long>(certificate.der.size())));
}

bool is_on_common_curve(const EVP_PKEY* key) {
  std::array<char, 80> name{};
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::ranges::find(kCurves, std::string_view(name.data(), size)) != kCurves.end();
}

bool is_common(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return EVP_PKEY_get_bits(key) >= kLeastRsaBits;
    case EVP_PKEY_EC:
      return is_on_common_curve(key);
    default:
      return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
  }
}

/// What clients refuse, and OpenSSL lets through here, of a self-signed certificate for one; empty: nothing.
std::string_view fault_of(const Certificate& certificate) {
  const auto leaf = parsed(certificate);
  if (leaf == nullptr) {
    return {};
  }
  const auto* const key = X509_get0_pubkey(leaf.get());
  if (key == nullptr || !is_common(key)) {
    return "clients take no key of its kind: have one made that is on P-256, P-384 or P-521, or RSA of 2048 bits or "
           "more, or Ed25519";
  }
  int bits = 0;
  if (X509_get_signature_info(leaf.get(), nullptr, nullptr, &bits, nullptr) != 1 || bits < kLeastSignatureBits) {
    return "clients refuse how it is signed: have one made that is signed by SHA-256";
  }
  return {};
}

bool take_chain(SSL_CTX* context, const std::vector<Certificate>& chain) {
  return std::ranges::all_of(chain, [&](const auto& each) {
    const auto one = parsed(each);
    const bool is_own = &each == chain.data();
    return one != nullptr &&
           (is_own ? SSL_CTX_use_certificate(context, one.get()) : SSL_CTX_add1_chain_cert(context, one.get())) == 1;
  });
}

bool take_key(SSL_CTX* context, std::string_view pem) {
  bool wants_passphrase = false;
  const Key key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, refuse_passphrase, &wants_passphrase));
  return key != nullptr && SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsIdentity& identity) {
  auto context = new_context();
  ERR_clear_error();
  auto fault = std::string(fault_of(identity.chain.front()));
  const bool taken = fault.empty() && take_chain(context.get(), identity.chain) &&
                     take_key(context.get(), identity.private_key.reveal());
  if (!taken && fault.empty()) {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    fault = reason != nullptr ? reason : "one of them can not be read";
  }
  ERR_clear_error();
  if (!taken) {
    return Error{Error::Kind::kInvalid, "BadTlsIdentity",
                 fmt::format("the certificate and its private key can not be used for TLS: {}", fault)};
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(context.release(), identity.chain));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

std::string name_among(const std::vector<std::string>& names, const std::string& address) {
  const bool is_there = std::ranges::find(names, address) != names.end();
  const auto whole = std::ranges::find_if(names, [](const auto& name) { return !name.starts_with('*'); });
  if (is_there || names.empty()) {
    return address;
  }
  return whole != names.end() ? *whole : "understudy" + names.front().substr(1);
}

std::string tls_name(const std::shared_ptr<const TlsContext>& tls, const ListenAddress& address) {
  return tls ? name_among(tls->names(), address.reachable().address) : std::string();
}

}  // namespace understudy::http
