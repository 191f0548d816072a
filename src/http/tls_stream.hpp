#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "understudy/base/openssl.hpp"
#include "understudy/http/handshakes.hpp"
#include "understudy/http/tls.hpp"

namespace understudy::http {

/// Where a session reads and writes.
struct TlsSocket {
  int descriptor = -1;
  int reads_left = 0;                              ///< In this step.
  std::size_t handshake_left = kLongestHandshake;  ///< Bytes.
  std::string first;                               ///< What comes before all that the socket has.
};

/// The server's side of TLS over a connected socket that does not block. Never blocks and never waits: each step goes
/// on as far as the socket lets it, or for a number of records, and says what to wait for. While nothing is under way
/// it holds no buffers.
///
/// Belongs to its connection's thread. REQUIRES: the socket outlives it, or is closed and no step follows.
class TlsStream {
 public:
  enum class Step {
    kDone,
    kWantsRead,   ///< Again, when the socket can be read.
    kWantsWrite,  ///< Again, with the same bytes, when it can be written.
    kEnded,       ///< The client has gone, or broke the protocol: no step may follow.
  };

  /// `first` is what has been read from the socket already.
  TlsStream(const TlsContext& context, int socket, std::string_view first);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream();

  [[nodiscard]] Step shake_hands();
  /// kDone: `count` bytes, one at least.
  [[nodiscard]] Step read(void* into, std::size_t size, std::size_t& count);
  /// kDone: the first `count` bytes of `text` are on their way. REQUIRES: it is not empty.
  [[nodiscard]] Step write(std::string_view text, std::size_t& count);
  /// Tells the client that nothing more comes, as far as the socket takes that at once.
  void say_goodbye();

  /// Whether bytes have been taken off the socket that no `read` has given yet.
  [[nodiscard]] bool has_pending() const;
  /// Why the handshake came to its end, and what to do: for the log.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  void begin_step();
  Step judge(int result);

  std::unique_ptr<TlsSocket> socket_;
  Owned<SSL, SSL_free> session_;
  bool is_broken_ = false;
  std::string complaint_;
};

}  // namespace understudy::http
