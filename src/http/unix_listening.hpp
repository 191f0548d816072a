#pragma once

#include "listening.hpp"

namespace understudy::http {

/// listen_on for a Unix socket; every acceptor is a copy of the first.
///
/// The mode is set before anybody can connect: until listen(2) the kernel refuses all. Errors beside those of
/// Server::start: kInvalid, code `NotASocket`: something else is at the path; kNotFound, code `NoFolder`.
Result<Listening> listen_on_unix(const Listener& listener,
                                 const std::vector<std::reference_wrapper<asio::io_context>>& contexts);

}  // namespace understudy::http
