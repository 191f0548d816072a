#include "understudy/http/client.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "blocked_sigpipe.hpp"
#include "call_watchdog.hpp"
#include "httplib_releases.hpp"
#include "resolver.hpp"
#include "understudy/base/text.hpp"
#include "understudy/http/proxy.hpp"

namespace understudy::http {
namespace {

using std::chrono::milliseconds;

Error unavailable(std::string code, const Url& origin, std::string_view what) {
  return {Error::Kind::kUnavailable, std::move(code),
          fmt::format("{}://{}: {}", origin.scheme, origin.authority(), what)};
}

void demand_host_in_certificate(SSL_CTX* context, const std::string& host) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  auto* const rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // Told a name that is an address, OpenSSL would look for it among the names.
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size());
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

/// Whether nothing in the head could end its own line and be read as one more field, or another request.
bool keeps_to_its_lines(const Request& request) {
  const auto in_field = [](char c) { return is_control(c) && c != '\t'; };
  return std::ranges::none_of(request.method, is_control) && std::ranges::none_of(request.target, is_control) &&
         std::ranges::none_of(request.headers, [&](const auto& field) {
           return std::ranges::any_of(field.name, is_control) || std::ranges::any_of(field.value, in_field);
         });
}

httplib::Headers headers_of(const Url& origin, const Request& request) {
  httplib::Headers headers;
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "Content-Length")) {
      headers.emplace(name, value);
    }
  }
  if (!request.headers.get("Host")) {
    headers.emplace("Host", origin.authority());
  }
  return headers;
}

/// One call on a client of the library: what has come of the answer, and why it ended.
class Exchange {
 public:
  /// `authorities` is the file of those that are trusted; empty: the system's.
  Exchange(const Url& origin, const Request& request, const CallLimits& limits, std::string authorities,
           CallWatchdog& watchdog)
      : origin_(origin),
        request_(request),
        limits_(limits),
        authorities_(std::move(authorities)),
        deadline_(std::chrono::steady_clock::now() + limits.total),
        call_(watchdog, limits.total) {}

  /// Finds the addresses of the origin, or of the proxy, and tries them in turn.
  template <class Client>
  Result<Response> run(Client& client, const std::optional<Proxy>& proxy, Resolver& resolver,
                       const std::string& address_of_all) {
    const auto& host = proxy ? proxy->host : origin_.host;
    const auto addresses = address_of_all.empty() ? resolver.find(host, deadline_) : std::vector{address_of_all};
    if (!addresses) {
      return unavailable(addresses.error().code, origin_, addresses.error().message);
    }
    configure(client, proxy);
    const BlockedSigpipe blocked;
    auto error = httplib::Error::Unknown;
    for (const auto& address : *addresses) {
      if (call_.end() != CallWatchdog::End::kNone) {
        break;
      }
      lead_to(client, address, proxy);
      auto outcome = send(client, proxy, error);
      if (error != httplib::Error::Connection && error != httplib::Error::ConnectionTimeout) {
        return outcome;
      }
    }
    return failure(error);
  }

 private:
  /// The library would look a name up itself, without an end in sight.
  template <class Client>
  void lead_to(Client& client, const std::string& address, const std::optional<Proxy>& proxy) {
    if (proxy) {
      client.set_proxy(address, proxy->port);
    } else {
      client.set_hostname_addr_map({{origin_.host, address}});
    }
  }

  template <class Client>
  Result<Response> send(Client& client, const std::optional<Proxy>& proxy, httplib::Error& error) {
    auto sent = library_request(proxy);
    const auto answer = client.send(sent);
    error = answer.error();
    if constexpr (std::is_same_v<Client, httplib::SSLClient>) {
      if (answer.error() == httplib::Error::SSLServerVerification) {
        certificate_ = X509_verify_cert_error_string(verification_of(client, answer));
      }
    }
    const bool is_whole = answer && answer.error() == httplib::Error::Success;
    if (!is_whole || is_too_large_ || call_.end() != CallWatchdog::End::kNone) {
      return failure(answer.error());
    }
    if (proxy && answer->status == 407) {
      return unavailable("ConnectionError", origin_, "the proxy wants other credentials than the variable gives");
    }
    return taken(*answer);
  }

  template <class Client>
  void configure(Client& client, const std::optional<Proxy>& proxy) {
    client.set_connection_timeout(std::min(limits_.connect, limits_.total));
    // The watchdog keeps the total; these only must not end a call before it.
    client.set_read_timeout(limits_.total + milliseconds(1000));
    client.set_write_timeout(limits_.total + milliseconds(1000));
    client.set_keep_alive(false);
    client.set_follow_location(false);
    client.set_decompress(false);
    client.set_compress(false);
    client.set_tcp_nodelay(true);
    client.set_socket_options([this](socket_t socket) { call_.watch(socket); });
    leave_target_alone(client);
    send_no_more_than(client, request_, !proxy);
    if (proxy && !proxy->user.empty()) {
      client.set_proxy_basic_auth(proxy->user, std::string(proxy->password.reveal()));
    }
  }

  httplib::Request library_request(const std::optional<Proxy>& proxy) {
    httplib::Request sent;
    sent.method = request_.method;
    sent.path = request_.target;
    sent.headers = headers_of(origin_, request_);
    sent.body = request_.body;
    if (proxy && !proxy->user.empty() && origin_.scheme == "https") {
      // The library would repeat the proxy's credentials inside the tunnel, to the origin.
      sent.headers.emplace("Proxy-Authorization", "");
    }
    sent.response_handler = [this](const httplib::Response& head) {
      has_head_ = true;
      const auto length = parse_decimal(head.get_header_value("Content-Length"));
      is_too_large_ = length && *length > limits_.max_body && request_.method != "HEAD";
      return !is_too_large_;
    };
    sent.content_receiver = [this](const char* data, std::size_t size, auto /*offset*/, auto /*total*/) {
      is_too_large_ = body_.size() + size > limits_.max_body;
      if (!is_too_large_) {
        body_.append(data, size);
      }
      return !is_too_large_;
    };
    return sent;
  }

  Response taken(const httplib::Response& answer) {
    Response response{answer.status, {}, Body(std::move(body_)), {}};
    for (const auto& [name, value] : answer.headers) {
      response.headers.add(name, value);
    }
    return response;
  }

  Error failure(httplib::Error error) const {
    switch (call_.end()) {
      case CallWatchdog::End::kTimeout:
        return unavailable("Timeout", origin_, fmt::format("no whole answer within {} ms", limits_.total.count()));
      case CallWatchdog::End::kStopped:
        return unavailable("ConnectionError", origin_, "the call was ended, because the program ends");
      case CallWatchdog::End::kNone:
        break;
    }
    if (is_too_large_) {
      return unavailable("TooLarge", origin_, fmt::format("the answer has more than {} bytes", limits_.max_body));
    }
    if (!certificate_.empty()) {
      return unavailable("TlsError", origin_, fmt::format("its certificate is not accepted: {}", certificate_));
    }
    if (error == httplib::Error::SSLLoadingCerts && !authorities_.empty()) {
      return unavailable("TlsError", origin_,
                         fmt::format("no certificates of authorities can be read from {}: see AWS_CA_BUNDLE, and "
                                     "ca_bundle in the profile",
                                     escape_for_log(authorities_)));
    }
    const auto text = httplib::to_string(error);
    if (text.starts_with("SSL")) {
      return unavailable("TlsError", origin_, text);
    }
    if (error == httplib::Error::ConnectionTimeout) {
      return unavailable("Timeout", origin_, fmt::format("no connection within {} ms", limits_.connect.count()));
    }
    if (error == httplib::Error::Read) {
      return has_head_ ? unavailable("Truncated", origin_, "the answer ended before it was whole")
                       : unavailable("ConnectionError", origin_, "it closed the connection without an answer");
    }
    if (error == httplib::Error::Connection) {
      return unavailable("ConnectionError", origin_, "no connection: nobody listens there, or there is no way to it");
    }
    return unavailable("ConnectionError", origin_, text);
  }

  const Url& origin_;
  const Request& request_;
  const CallLimits& limits_;
  const std::string authorities_;
  std::string body_;
  std::string certificate_;
  bool has_head_ = false;
  bool is_too_large_ = false;
  const std::chrono::steady_clock::time_point deadline_;
  CallWatchdog::Call call_;
};

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
    const auto authorities = authorities_for(limits);
    Exchange exchange(origin, request, limits, authorities, watchdog_);
    if (origin.scheme != "https") {
      httplib::ClientImpl client(origin.host, origin.port);
      return exchange.run(client, *proxy, resolver_, settings_.address);
    }
    httplib::SSLClient client(origin.host, origin.port);
    if (!client.is_valid()) {
      return unavailable("TlsError", origin, "TLS can not be set up on this machine");
    }
    demand_host_in_certificate(tls_context_of(client), origin.host);
    if (!authorities.empty()) {
      client.set_ca_cert_path(authorities);
    }
    if (settings_.trusts_each) {
      X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(tls_context_of(client)), X509_V_FLAG_PARTIAL_CHAIN);
    }
    return exchange.run(client, *proxy, resolver_, settings_.address);
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
