#include "understudy/app/local_client.hpp"

#include "understudy/http/client.hpp"
#include "understudy/http/unix_client.hpp"

namespace understudy::app {

Url origin_of(const ListenAddress& address) {
  if (address.is_unix()) {
    return {"http", "localhost", 80, "/"};
  }
  const auto reachable = address.reachable();
  return {"http", reachable.address, reachable.port, "/"};
}

std::unique_ptr<HttpClient> client_to(const ListenAddress& address) {
  if (address.is_unix()) {
    return std::make_unique<http::UnixClient>(address.socket_file());
  }
  return std::make_unique<http::NetworkClient>(http::ClientSettings{});
}

}  // namespace understudy::app
