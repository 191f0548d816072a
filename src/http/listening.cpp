#include "listening.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "understudy/base/text.hpp"
#include "unix_listening.hpp"

namespace understudy::http {
namespace {

using Kind = Error::Kind;

std::string spell(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

/// What gives this machine an address that none of its interfaces has.
std::string how_to_have(const std::string& address) {
  constexpr std::array<std::string_view, 3> kEndpoints{"169.254.169.254", "169.254.170.2", "169.254.170.23"};
  if (std::ranges::find(kEndpoints, address) != kEndpoints.end()) {
    return "`sudo understudy link-local up` puts 169.254.169.254, 169.254.170.2 and 169.254.170.23 there, in a compose "
           "file ipv4_address does";
  }
  if (address == "fd00:ec2::254" || address == "fd00:ec2::23") {
    return "`sudo understudy link-local up --ipv6` puts it there, in a compose file ipv6_address does";
  }
  return fmt::format("`sudo ip address add {} dev lo` gives it one", address);
}

Error explain(const std::string& name, const asio::ip::tcp::endpoint& endpoint, const ErrorCode& error) {
  const auto message = [&](std::string_view advice) {
    return fmt::format("{} can not listen on {}: {}; {}", name, spell(endpoint), error.message(), advice);
  };
  if (error == asio::error::address_in_use) {
    return {Kind::kUnavailable, "AddressInUse",
            message(fmt::format("stop what listens there (`ss -ltnp 'sport = :{}'` shows it) or choose another port",
                                endpoint.port()))};
  }
  if (error == boost::system::errc::address_not_available) {
    return {Kind::kInvalid, "AddressNotAvailable",
            message("no interface of this machine has the address; " + how_to_have(endpoint.address().to_string()))};
  }
  if (error == asio::error::access_denied) {
    return {Kind::kInvalid, "PermissionDenied",
            message(fmt::format("ports under 1024 need root (`sudo understudy serve .. --user \"$USER\"`), the "
                                "capability CAP_NET_BIND_SERVICE, or `sudo sysctl "
                                "net.ipv4.ip_unprivileged_port_start={}`",
                                endpoint.port()))};
  }
  return {Kind::kUnavailable, "CanNotListen", message("choose another address or port")};
}

ErrorCode share_port(Acceptor& acceptor) {
  const int on = 1;
  return ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0
             ? ErrorCode()
             : ErrorCode(errno, boost::system::system_category());
}

/// Whether a socket has its port alone, opens it to later ones, or joins an earlier one.
enum class Port { kAlone, kFirst, kShared };

ErrorCode open(Acceptor& acceptor, const asio::ip::tcp::endpoint& endpoint, Port port) {
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
  step([&] { error = port == Port::kShared ? share_port(acceptor) : error; });
  step([&] { acceptor.bind(endpoint, error); });
  step([&] { error = port == Port::kFirst ? share_port(acceptor) : error; });
  step([&] { acceptor.listen(kBacklog, error); });
  return error;
}

Result<asio::ip::tcp::endpoint> endpoint_of(const std::string& name, const std::string& address, std::uint16_t port) {
  ErrorCode error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) {
    return Error{Kind::kInvalid, "BadAddress",
                 fmt::format("{} can not listen on \"{}\": it is no IP address; write one such as 127.0.0.1 or ::1",
                             name, escape_for_log(address))};
  }
  return asio::ip::tcp::endpoint(parsed, port);
}

Result<Listening> copies_of(const OpenSocket& socket,
                            const std::vector<std::reference_wrapper<asio::io_context>>& contexts) {
  std::vector<Acceptor> acceptors;
  for (auto& context : contexts) {
    auto acceptor = acceptor_of(socket, context.get());
    if (!acceptor) {
      return std::move(acceptor).error();
    }
    acceptors.push_back(*std::move(acceptor));
  }
  return Listening{std::move(acceptors)};
}

}  // namespace

Result<Listening> listen_on(const Listener& listener,
                            const std::vector<std::reference_wrapper<asio::io_context>>& contexts) {
  if (listener.socket != nullptr) {
    return copies_of(*listener.socket, contexts);
  }
  if (ListenAddress{listener.address}.is_unix()) {
    return listen_on_unix(listener, contexts);
  }
  auto endpoint = endpoint_of(listener.name, listener.address, listener.port);
  if (!endpoint) {
    return endpoint.error();
  }
  std::vector<Acceptor> acceptors;
  for (auto& context : contexts) {
    auto& acceptor = acceptors.emplace_back(context.get());
    const bool is_first = acceptors.size() == 1 && !listener.joins;
    if (const auto error = open(acceptor, *endpoint, is_first ? Port::kFirst : Port::kShared)) {
      return explain(listener.name, *endpoint, error);
    }
    endpoint = tcp_of(acceptor.local_endpoint()).value_or(*endpoint);
  }
  return Listening{std::move(acceptors)};
}

Result<Acceptor> listen_alone(const std::string& name, const ListenAddress& address, asio::io_context& context) {
  const auto endpoint = endpoint_of(name, address.address, address.port);
  if (!endpoint) {
    return endpoint.error();
  }
  Acceptor acceptor(context);
  if (const auto error = open(acceptor, *endpoint, Port::kAlone)) {
    return explain(name, *endpoint, error);
  }
  return acceptor;
}

Result<Acceptor> acceptor_of(const OpenSocket& socket, asio::io_context& context) {
  const int family = option_of(socket.descriptor(), SO_DOMAIN);
  const int copy = ::fcntl(socket.descriptor(), F_DUPFD_CLOEXEC, 0);
  ErrorCode error(copy < 0 ? errno : 0, boost::system::system_category());
  Acceptor acceptor(context);
  if (!error) {
    acceptor.assign(asio::generic::stream_protocol(family, 0), copy, error);
  }
  if (!error && family != AF_UNIX) {
    acceptor.set_option(asio::ip::tcp::no_delay(true), error);
  }
  if (error && copy >= 0 && !acceptor.is_open()) {
    ::close(copy);
  }
  if (error) {
    return Error{Kind::kUnavailable, "CanNotListen",
                 fmt::format("{} can not take its socket: {}; ulimit -n raises the limit of descriptors", socket.name(),
                             error.message())};
  }
  return acceptor;
}

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

int option_of(int descriptor, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

ListenAddress address_of(const Endpoint& endpoint) {
  if (const auto tcp = tcp_of(endpoint)) {
    return {tcp->address().to_string(), tcp->port()};
  }
  sockaddr_un address{};
  std::memcpy(&address, endpoint.data(), std::min(endpoint.size(), sizeof address));
  const auto size = endpoint.size() - offsetof(sockaddr_un, sun_path);
  return {std::string(ListenAddress::kUnix) + std::string(address.sun_path, ::strnlen(address.sun_path, size))};
}

std::optional<asio::ip::tcp::endpoint> tcp_of(const Endpoint& endpoint) {
  const auto family = endpoint.data()->sa_family;
  asio::ip::tcp::endpoint out(family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), 0);
  if ((family != AF_INET && family != AF_INET6) || endpoint.size() > out.capacity()) {
    return std::nullopt;
  }
  std::memcpy(out.data(), endpoint.data(), endpoint.size());
  return out;
}

BoundAddress bound_address(const Listener& listener, const Acceptor& acceptor) {
  const auto address = address_of(acceptor.local_endpoint());
  return {listener.name, address.address, address.port, tls_name(listener.tls, address)};
}

}  // namespace understudy::http
