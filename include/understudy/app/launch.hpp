#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/http/open_socket.hpp"

namespace understudy::app {

/// The sockets that a service manager opened for the process `self`, as systemd passes them: LISTEN_FDS descriptors
/// from 3 on, named by LISTEN_FDNAMES with `:` between, meant for LISTEN_PID (sd_listen_fds(3)). None where they are
/// for another process. Each is given to the listener of its name (`imds`), else to that of `listen` with its address,
/// and named after it. kInvalid: OpenSocket::adopt's, and code `BadSocketName` for one that is no listener's, or where
/// a listener has two. REQUIRES: called once, before anything else is opened.
Result<std::vector<http::OpenSocket>> inherited_sockets(const Environment& environment, pid_t self,
                                                        const config::Listeners& listen);

/// A socket that was passed to a listener, and where it listens.
struct PassedSocket {
  std::string listener;
  ListenAddress address;
};

/// Has the listeners of `sockets` listen where those do. kInvalid, code `BadSocketName`: nobody would answer there.
Result<void> place_sockets(const std::vector<PassedSocket>& sockets, config::Config& config);

/// What a server starts from: the machine's side of it is done.
struct Launch {
  config::Config config;                  ///< With the listeners of `sockets` where those listen.
  Environment environment;                ///< What sources and the commands they run see.
  std::vector<http::OpenSocket> sockets;  ///< By the listeners' names; Application::start takes copies.
  std::vector<PassedSocket> passed{};     ///< Those that were not opened here.
};

/// Prepares the process for serving `config`: limits, inherited sockets, and, with `process.user`, every other listener
/// opened and the user changed; privileges given up. The listeners come first, for ports under 1024 need root, and
/// everything else after: no file is made, no command run and no request answered as root. Errors: those of
/// inherited_sockets, OpenSocket::listen and process_guard.hpp.
/// REQUIRES: no other thread exists.
Result<Launch> launch(config::Config config, const Environment& environment, pid_t self);

}  // namespace understudy::app
