#include "understudy/http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "call_watchdog.hpp"
#include "client_tls.hpp"
#include "exchange.hpp"
#include "resolver.hpp"
#include "understudy/http/proxy.hpp"

namespace understudy::http {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

/// Whether nothing in the head could end its own line and be read as one more field, or another request.
bool keeps_to_its_lines(const Request& request) {
  const auto in_field = [](char c) { return is_control(c) && c != '\t'; };
  return std::ranges::none_of(request.method, is_control) && std::ranges::none_of(request.target, is_control) &&
         std::ranges::none_of(request.headers, [&](const auto& field) {
           return std::ranges::any_of(field.name, is_control) || std::ranges::any_of(field.value, in_field);
         });
}

}  // namespace

class NetworkClient::Impl {
 public:
  explicit Impl(ClientSettings settings) : settings_(std::move(settings)), resolver_(settings_.lookup) {}

  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) {
    if (!keeps_to_its_lines(request)) {
      return Error{Error::Kind::kInvalid, "BadRequest",
                   fmt::format("nothing is sent to {}://{}: the request's target or one of its fields has a control "
                               "character, such as the end of a line; take it out of the value that was configured",
                               origin.scheme, origin.authority())};
    }
    auto proxy = proxy_for(origin, settings_.environment);
    if (!proxy) {
      return std::move(proxy).error();
    }
    const Errand errand{origin, request, limits, *proxy};
    if (origin.scheme != "https") {
      return Exchange(errand, nullptr, watchdog_).run(resolver_, settings_.address);
    }
    const auto tls = ClientTls::make(origin.host, {authorities_for(limits), settings_.trusts_each});
    if (!tls) {
      return call_failure(tls.error().code, origin, tls.error().message);
    }
    return Exchange(errand, &*tls, watchdog_).run(resolver_, settings_.address);
  }

  void stop_all() {
    watchdog_.stop_all();
    resolver_.stop_all();
  }

 private:
  [[nodiscard]] std::string authorities_for(const CallLimits& limits) const {
    const auto of_client = settings_.ca_bundle.value_or(std::filesystem::path()).string();
    return limits.ca_bundle.empty() ? of_client : limits.ca_bundle;
  }

  ClientSettings settings_;
  Resolver resolver_;
  CallWatchdog watchdog_;
};

NetworkClient::NetworkClient(ClientSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
NetworkClient::~NetworkClient() = default;

Result<Response> NetworkClient::send(const Url& origin, const Request& request, const CallLimits& limits) {
  return impl_->send(origin, request, limits);
}

void NetworkClient::stop_all() { impl_->stop_all(); }

}  // namespace understudy::http
