#include "understudy/app/local_client.hpp"

#include <chrono>
#include <utility>

#include "understudy/http/client.hpp"
#include "understudy/http/unix_client.hpp"

namespace understudy::app {

CallLimits probe_limits() {
  using std::chrono::seconds;
  return {.connect = seconds(1), .total = seconds(2), .max_body = kMostOfOwnAnswer};
}

Request request_to(const Url& url, std::string method, std::string target) {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.set("Host", url.authority());
  return request;
}

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
