#include "listening.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

using Kind = Error::Kind;

// Bursts of connections wait here; the kernel cuts it to net.core.somaxconn.
constexpr int kBacklog = 4096;

std::string spell(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

Error explain(const Listener& listener, const asio::ip::tcp::endpoint& endpoint, const ErrorCode& error) {
  const auto message = [&](std::string_view advice) {
    return fmt::format("{} can not listen on {}: {}; {}", listener.name, spell(endpoint), error.message(), advice);
  };
  if (error == asio::error::address_in_use) {
    return {Kind::kUnavailable, "AddressInUse",
            message(fmt::format("stop what listens there (`ss -ltnp 'sport = :{}'` shows it) or choose another port",
                                endpoint.port()))};
  }
  if (error == boost::system::errc::address_not_available) {
    return {Kind::kInvalid, "AddressNotAvailable",
            message(fmt::format("no interface of this machine has the address; `ip address add {} dev lo` gives it one",
                                endpoint.address().to_string()))};
  }
  if (error == asio::error::access_denied) {
    return {Kind::kInvalid, "PermissionDenied",
            message("ports under 1024 need root or the capability CAP_NET_BIND_SERVICE")};
  }
  return {Kind::kUnavailable, "CanNotListen", message("choose another address or port")};
}

ErrorCode share_port(Acceptor& acceptor) {
  const int on = 1;
  return ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0
             ? ErrorCode()
             : ErrorCode(errno, boost::system::system_category());
}

ErrorCode open(Acceptor& acceptor, const asio::ip::tcp::endpoint& endpoint, bool is_first) {
  ErrorCode error;
  const auto step = [&](auto&& action) {
    if (!error) {
      action();
    }
  };
  step([&] { acceptor.open(endpoint.protocol(), error); });
  step([&] { close_on_exec(acceptor.native_handle()); });
  step([&] { acceptor.set_option(asio::socket_base::reuse_address(true), error); });
  // Connections inherit it, which saves a call for each.
  step([&] { acceptor.set_option(asio::ip::tcp::no_delay(true), error); });
  step([&] { error = is_first ? error : share_port(acceptor); });
  step([&] { acceptor.bind(endpoint, error); });
  step([&] { error = is_first ? share_port(acceptor) : error; });
  step([&] { acceptor.listen(kBacklog, error); });
  return error;
}

}  // namespace

Result<std::vector<Acceptor>> listen_on(const Listener& listener,
                                        const std::vector<std::reference_wrapper<asio::io_context>>& contexts) {
  ErrorCode error;
  const auto address = asio::ip::make_address(listener.address, error);
  if (error) {
    return Error{Kind::kInvalid, "BadAddress",
                 fmt::format("{} can not listen on \"{}\": it is no IP address; write one such as 127.0.0.1 or ::1",
                             listener.name, escape_for_log(listener.address))};
  }
  asio::ip::tcp::endpoint endpoint(address, listener.port);
  std::vector<Acceptor> acceptors;
  for (auto& context : contexts) {
    auto& acceptor = acceptors.emplace_back(context.get());
    error = open(acceptor, endpoint, acceptors.size() == 1);
    if (error) {
      return explain(listener, endpoint, error);
    }
    endpoint = acceptor.local_endpoint();
  }
  return acceptors;
}

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

BoundAddress bound_address(const Listener& listener, const Acceptor& acceptor) {
  const auto endpoint = acceptor.local_endpoint();
  return {listener.name, endpoint.address().to_string(), endpoint.port()};
}

}  // namespace understudy::http
