#pragma once

#include <functional>
#include <vector>

#include "asio.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/result.hpp"
#include "understudy/http/open_socket.hpp"
#include "understudy/http/server.hpp"

namespace understudy::http {

/// One listening socket for each of `contexts`, all on one address; the kernel spreads connections over them.
///
/// The first binds without SO_REUSEPORT, or a second understudy would quietly share the port; only then is the port
/// opened to the others, which are ours. Where the listener has a socket already, each gets a copy of its descriptor:
/// they share one queue, which the first to come empties. Errors as of Server::start. REQUIRES: `contexts` is not
/// empty.
Result<std::vector<Acceptor>> listen_on(const Listener& listener,
                                        const std::vector<std::reference_wrapper<asio::io_context>>& contexts);

/// One that shares its port with nobody. Errors as of Server::start; `name` is the listener's, for their messages.
Result<Acceptor> listen_alone(const std::string& name, const ListenAddress& address, asio::io_context& context);

/// A copy of the socket's descriptor, to accept by. kUnavailable, code `CanNotListen`: there are no descriptors left.
Result<Acceptor> acceptor_of(const OpenSocket& socket, asio::io_context& context);

/// Keeps a socket from the programs that this one starts: Asio opens and accepts them without SOCK_CLOEXEC. A program
/// that another thread starts between the two calls still gets it.
void close_on_exec(int descriptor);

/// Where it listens, with the port that the system chose.
BoundAddress bound_address(const Listener& listener, const Acceptor& acceptor);

}  // namespace understudy::http
