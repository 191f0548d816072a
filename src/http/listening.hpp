#pragma once

#include <functional>
#include <vector>

#include "asio.hpp"
#include "understudy/base/result.hpp"
#include "understudy/http/server.hpp"

namespace understudy::http {

/// One listening socket for each of `contexts`, all on one address; the kernel spreads connections over them.
///
/// The first binds without SO_REUSEPORT, or a second understudy would quietly share the port; only then is the port
/// opened to the others, which are ours. Errors as of Server::start. REQUIRES: `contexts` is not empty.
Result<std::vector<Acceptor>> listen_on(const Listener& listener,
                                        const std::vector<std::reference_wrapper<asio::io_context>>& contexts);

/// Keeps a socket from the programs that this one starts: Asio opens and accepts them without SOCK_CLOEXEC. A program
/// that another thread starts between the two calls still gets it.
void close_on_exec(int descriptor);

/// Where it listens, with the port that the system chose.
BoundAddress bound_address(const Listener& listener, const Acceptor& acceptor);

}  // namespace understudy::http
