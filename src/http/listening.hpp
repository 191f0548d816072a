#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "asio.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/result.hpp"
#include "understudy/http/open_socket.hpp"
#include "understudy/http/server.hpp"

namespace understudy::http {

/// Bursts of connections wait here; the kernel cuts it to net.core.somaxconn.
inline constexpr int kBacklog = 4096;

/// The file of a Unix socket that was made here: the destructor takes it away, unless it is another's by now. A
/// resource.
class SocketFile {
 public:
  SocketFile() = default;
  /// That of `path`, which was made just now.
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile();

  /// Sets the file's mode. Error `not_a_socket` where the path is no longer that file's: who may write the folder can
  /// put a symbolic link there, and what that leads to must not be touched.
  [[nodiscard]] ErrorCode set_mode(std::uint32_t mode) const;

 private:
  std::string path_;  ///< Empty: none.
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

/// What a listener accepts by.
struct Listening {
  std::vector<Acceptor> acceptors;
  SocketFile file{};
};

/// One listening socket for each of `contexts`, all on one address; the kernel spreads connections over them.
///
/// A Unix socket's file, where one is there: if nobody listens any more it is replaced, else `AddressInUse`. All
/// acceptors then share one queue, as with sockets that are there already.
///
/// The first binds without SO_REUSEPORT, or a second understudy would quietly share the port; only then is the port
/// opened to the others, which are ours. Where the listener has a socket already, each gets a copy of its descriptor:
/// they share one queue, which the first to come empties. Errors as of Server::start. REQUIRES: `contexts` is not
/// empty.
Result<Listening> listen_on(const Listener& listener,
                            const std::vector<std::reference_wrapper<asio::io_context>>& contexts);

/// One that shares its port with nobody. Errors as of Server::start; `name` is the listener's, for their messages.
Result<Acceptor> listen_alone(const std::string& name, const ListenAddress& address, asio::io_context& context);

/// A copy of the socket's descriptor, to accept by. kUnavailable, code `CanNotListen`: there are no descriptors left.
Result<Acceptor> acceptor_of(const OpenSocket& socket, asio::io_context& context);

/// Keeps a socket from the programs that this one starts: Asio opens and accepts them without SOCK_CLOEXEC. A program
/// that another thread starts between the two calls still gets it.
void close_on_exec(int descriptor);

/// nullopt for that of a Unix socket.
[[nodiscard]] std::optional<asio::ip::tcp::endpoint> tcp_of(const Endpoint& endpoint);
/// Without a Unix socket's mode.
[[nodiscard]] ListenAddress address_of(const Endpoint& endpoint);
/// Of a socket at the level SOL_SOCKET; -1 where it has none.
[[nodiscard]] int option_of(int descriptor, int name);

/// Where it listens, with the port that the system chose.
BoundAddress bound_address(const Listener& listener, const Acceptor& acceptor);

}  // namespace understudy::http
