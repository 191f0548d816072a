#include "client_tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "resolver.hpp"
#include "understudy/base/address_range.hpp"
#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

using Session = Owned<SSL, SSL_free>;

Error tls_error(std::string what) { return {Error::Kind::kUnavailable, "TlsError", std::move(what)}; }

void demand_host_in_certificate(SSL_CTX* context, const std::string& host) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  auto* const rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // Told a name that is an address, OpenSSL would look for it among the names.
  const bool is_demanded = is_ip(host) ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                                       : X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1;
  require(is_demanded, "X509_VERIFY_PARAM_set1_host");
}

Result<void> trust_authorities(SSL_CTX* context, const ClientTrust& trust) {
  if (trust.authorities.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_file(context, trust.authorities.c_str()) != 1) {
    return tls_error(
        fmt::format("no certificates of authorities can be read from {}: see AWS_CA_BUNDLE, and ca_bundle in the "
                    "profile",
                    escape_for_log(trust.authorities)));
  }
  if (trust.trusts_each) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  }
  return {};
}

/// Whether only a signal came between, as when a stopped process goes on: again then. REQUIRES: errno is that step's.
bool is_interrupted(SSL* session, int outcome) {
  const bool was_a_signal = errno == EINTR;
  const int error = SSL_get_error(session, outcome);
  return was_a_signal && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
}

/// `step` until it is done or fails; what it returned then.
template <class Step>
int carry_out(SSL* session, const Step& step) {
  int outcome = 0;
  do {
    ERR_clear_error();
    errno = 0;
    outcome = step();
  } while (outcome != 1 && is_interrupted(session, outcome));
  return outcome;
}

class TlsWire final : public Wire {
 public:
  TlsWire(Descriptor socket, Session session) : socket_(std::move(socket)), session_(std::move(session)) {}
  TlsWire(const TlsWire&) = delete;
  TlsWire& operator=(const TlsWire&) = delete;
  ~TlsWire() override {
    if (is_whole_) {
      ERR_clear_error();
      SSL_shutdown(session_.get());
    }
  }

  ssize_t read(char* room, std::size_t size) override {
    std::size_t count = 0;
    const int outcome = carry_out(session_.get(), [&] { return SSL_read_ex(session_.get(), room, size, &count); });
    if (outcome == 1) {
      return static_cast<ssize_t>(count);
    }
    return SSL_get_error(session_.get(), outcome) == SSL_ERROR_ZERO_RETURN ? 0 : broken();
  }

  ssize_t write(const char* bytes, std::size_t size) override {
    std::size_t count = 0;
    // Without SSL_MODE_ENABLE_PARTIAL_WRITE it writes all or fails.
    const auto write_all = [&] { return SSL_write_ex(session_.get(), bytes, size, &count); };
    return size == 0 || carry_out(session_.get(), write_all) == 1 ? static_cast<ssize_t>(size) : broken();
  }

  [[nodiscard]] int socket() const override { return socket_.get(); }
  [[nodiscard]] bool holds_some() const override { return SSL_has_pending(session_.get()) == 1; }

 private:
  ssize_t broken() {
    is_whole_ = false;
    return -1;
  }

  Descriptor socket_;
  Session session_;
  bool is_whole_ = true;  ///< close_notify may be sent: nothing has failed.
};

}  // namespace

ClientTls::ClientTls(Context context, std::string host) : context_(std::move(context)), host_(std::move(host)) {}

Result<ClientTls> ClientTls::make(const std::string& host, const ClientTrust& trust) {
  // OpenSSL would take an empty name for none that is demanded.
  if (host.empty()) {
    return tls_error("it has no name that a certificate could bear");
  }
  Context context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    return tls_error("TLS can not be set up on this machine");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  demand_host_in_certificate(context.get(), host);
  if (auto trusted = trust_authorities(context.get(), trust); !trusted) {
    return std::move(trusted).error();
  }
  return ClientTls(std::move(context), host);
}

Result<std::unique_ptr<Wire>> ClientTls::secure(Descriptor socket) const {
  Session session(SSL_new(context_.get()));
  if (session == nullptr || SSL_set_fd(session.get(), socket.get()) != 1) {
    return tls_error("TLS can not be set up on this machine");
  }
  // A server is named by its name alone: RFC 6066 section 3.
  if (!is_ip(host_)) {
    SSL_set_tlsext_host_name(session.get(), host_.c_str());
  }
  if (carry_out(session.get(), [&] { return SSL_connect(session.get()); }) != 1) {
    const auto verdict = SSL_get_verify_result(session.get());
    return tls_error(verdict == X509_V_OK
                         ? std::string("SSL connection failed")
                         : fmt::format("its certificate is not accepted: {}", X509_verify_cert_error_string(verdict)));
  }
  return std::unique_ptr<Wire>(std::make_unique<TlsWire>(std::move(socket), std::move(session)));
}

}  // namespace understudy::http
