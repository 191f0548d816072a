#include "understudy/app/listeners.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

namespace understudy::app {
namespace {

/// What the listeners take as a body; of the endpoints only STS and the operator's read one.
constexpr std::size_t kSmallBody = 4 * 1024;
constexpr std::size_t kAdminBody = 64 * 1024;
constexpr std::size_t kStsBody = 256 * 1024;

}  // namespace

std::vector<http::Listener> listeners_of(const config::Listeners& listen, const Endpoints& endpoints,
                                         const std::vector<http::OpenSocket>& sockets) {
  std::vector<http::Listener> out;
  const auto add = [&](const std::string& name, const std::optional<ListenAddress>& address, Handler* handler,
                       std::size_t body, const std::string& bad_request = {},
                       const std::shared_ptr<const http::TlsContext>& tls = nullptr) {
    if (!address || handler == nullptr) {
      return;
    }
    http::Limits limits;
    limits.body = body;
    const auto socket = std::ranges::find(sockets, name, &http::OpenSocket::name);
    out.push_back({name, address->address, address->port, *handler, limits,
                   socket == sockets.end() ? nullptr : &*socket, bad_request, false, address->mode, tls});
  };
  add("imds", listen.imds, endpoints.imds, kSmallBody, endpoints.imds_bad_request);
  add("containers", listen.containers, endpoints.containers, kSmallBody, {}, endpoints.tls.containers);
  add("pod_identity", listen.pod_identity, endpoints.pod_identity, kSmallBody, {}, endpoints.tls.pod_identity);
  add("sts", listen.sts, endpoints.sts, kStsBody);
  add("admin", listen.admin, endpoints.admin, kAdminBody);
  return out;
}

}  // namespace understudy::app
