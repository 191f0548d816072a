#include "tls_stream.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace understudy::http {
namespace {

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE where the client has gone; and needs a call to
// tell apart what recv(2) tells at once.

TlsSocket& socket_of(BIO* bio) { return *static_cast<TlsSocket*>(BIO_get_data(bio)); }

bool may_try_again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int send_bytes(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(socket_of(bio).descriptor, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && may_try_again()) {
    BIO_set_retry_write(bio);
  }
  return static_cast<int>(sent);
}

int give_first(TlsSocket& socket, char* bytes, int size) {
  const auto count = socket.first.copy(bytes, static_cast<std::size_t>(size));
  socket.first.erase(0, count);
  if (socket.first.empty()) {
    std::string().swap(socket.first);
  }
  return static_cast<int>(count);
}

int receive_bytes(BIO* bio, char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  auto& socket = socket_of(bio);
  if (!socket.first.empty()) {
    return give_first(socket, bytes, size);
  }
  if (socket.reads_left == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  if (socket.handshake_left == 0) {
    return -1;
  }
  --socket.reads_left;
  const auto room = std::min(static_cast<std::size_t>(size), socket.handshake_left);
  const auto received = ::recv(socket.descriptor, bytes, room, 0);
  if (received < 0 && may_try_again()) {
    BIO_set_retry_read(bio);
  }
  socket.handshake_left -= received > 0 ? static_cast<std::size_t>(received) : 0;
  return static_cast<int>(received);
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* socket_method() {
  static const auto method = [] {
    Owned<BIO_METHOD, BIO_meth_free> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
    require(made != nullptr && BIO_meth_set_write(made.get(), send_bytes) == 1 &&
                BIO_meth_set_read(made.get(), receive_bytes) == 1 && BIO_meth_set_ctrl(made.get(), control) == 1,
            "BIO_meth_new");
    return made;
  }();
  return method.get();
}

/// OpenSSL goes on reading as long as what comes is no data for us: updates of keys, of which a client may send as many
/// as it likes. So each step ends after some reads, two a record, as if the socket had no more.
constexpr int kReadsOfStep = 64;

/// What an operator can do about it; empty where the reason says all.
std::string advice_for(int reason) {
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return "it speaks plain HTTP, and this port TLS: write https:// and a name of the certificate into its "
             "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
      return "it does not accept our certificate: give it the authority's ca.pem (understudy tls-ca says how), and "
             "call us by a name of the certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "by its clock our certificate does not hold: if the clocks agree, send SIGHUP, which makes a new one "
             "(containers.tls.ca) or reads the file anew";
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "it speaks no TLS 1.2 or newer";
    default:
      return {};
  }
}

std::string complaint_of(unsigned long error) {
  if (auto advice = advice_for(ERR_GET_REASON(error)); !advice.empty()) {
    return advice;
  }
  const char* const reason = ERR_reason_error_string(error);
  return reason != nullptr ? fmt::format("TLS fails: {}", reason) : std::string();
}

}  // namespace

TlsStream::TlsStream(const TlsContext& context, int socket, std::string_view first)
    : socket_(std::make_unique<TlsSocket>(
          TlsSocket{socket, 0, kLongestHandshake - std::min(kLongestHandshake, first.size()), std::string(first)})),
      session_(SSL_new(context.context_)) {
  auto* const bio = session_ != nullptr ? BIO_new(socket_method()) : nullptr;
  if (bio == nullptr) {
    throw std::bad_alloc();
  }
  BIO_set_data(bio, socket_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(session_.get(), bio, bio);
  SSL_set_accept_state(session_.get());
}

TlsStream::~TlsStream() = default;

TlsStream::Step TlsStream::judge(int result) {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_NONE:
      return Step::kDone;
    case SSL_ERROR_WANT_READ:
      return Step::kWantsRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWantsWrite;
    default:
      is_broken_ = true;
      complaint_ = complaint_of(ERR_peek_error());
      ERR_clear_error();
      return Step::kEnded;
  }
}

void TlsStream::begin_step() {
  ERR_clear_error();
  socket_->reads_left = kReadsOfStep;
}

TlsStream::Step TlsStream::shake_hands() {
  begin_step();
  const auto step = judge(SSL_do_handshake(session_.get()));
  if (step == Step::kDone) {
    socket_->handshake_left = std::numeric_limits<std::size_t>::max();
  }
  return step;
}

TlsStream::Step TlsStream::read(void* into, std::size_t size, std::size_t& count) {
  begin_step();
  count = 0;
  return judge(SSL_read_ex(session_.get(), into, size, &count));
}

TlsStream::Step TlsStream::write(std::string_view text, std::size_t& count) {
  begin_step();
  count = 0;
  return judge(SSL_write_ex(session_.get(), text.data(), text.size(), &count));
}

void TlsStream::say_goodbye() {
  if (!is_broken_ && SSL_is_init_finished(session_.get()) == 1) {
    ERR_clear_error();
    static_cast<void>(SSL_shutdown(session_.get()));
    ERR_clear_error();
  }
}

bool TlsStream::has_pending() const { return SSL_has_pending(session_.get()) == 1; }

}  // namespace understudy::http
