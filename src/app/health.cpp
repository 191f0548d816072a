#include "understudy/app/health.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "understudy/app/local_client.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";
constexpr std::size_t kMostWords = 4096;

using Ask = Result<std::string> (*)(HttpClient& http, const Url& origin);

Result<Response> ask(HttpClient& http, const Url& origin, std::string method, std::string target,
                     const Headers& more = {}) {
  auto request = request_to(origin, std::move(method), std::move(target));
  for (const auto& [name, value] : more) {
    request.headers.set(name, value);
  }
  return http.send(origin, request, probe_limits());
}

Error not_ready(const Url& origin, std::string_view why) {
  return {Error::Kind::kUnavailable, "NotReady", fmt::format("{} is not ready: {}", origin.authority(), why)};
}

Error strange_status(const Url& origin, const Response& response) {
  return not_ready(origin, fmt::format("it answered with status {}, as no understudy does here", response.status));
}

Result<std::string> judge_readiness(const Url& url, const Response& response) {
  if (response.status == 503) {
    const auto lines = split(trim(response.body.view().substr(0, kMostWords)), '\n');
    return not_ready(url, escape_for_log(fmt::format("{}", fmt::join(lines, "; ")), kMostWords));
  }
  return response.status == 200 ? Result<std::string>("ready") : strange_status(url, response);
}

Result<std::string> ask_readiness(HttpClient& http, const Url& url, const Headers& more = {}) {
  const auto response = ask(http, url, "GET", url.target, more);
  return response ? judge_readiness(url, *response) : response.error();
}

Result<std::string> ask_readyz(HttpClient& http, const Url& origin) {
  return ask_readiness(http, {origin.scheme, origin.host, origin.port, "/readyz"});
}

/// The name that pods ask by: their listener may answer no other.
Headers as_a_pod() { return {{"Host", "169.254.170.23"}}; }

Result<std::string> ask_pod_identity(HttpClient& http, const Url& origin) {
  return ask_readiness(http, {origin.scheme, origin.host, origin.port, "/readyz"}, as_a_pod());
}

Result<std::string> judge_document(const Url& origin, const Response& response) {
  if (response.status != 200) {
    return not_ready(origin, fmt::format("its role has no credentials (status {})", response.status));
  }
  const auto document = parse_json(response.body.view());
  const auto code = aws::json_text(document, "Code");
  return code == "Success" ? Result<std::string>("ready")
                           : not_ready(origin, "its role has no credentials: " + escape_for_log(code, 80));
}

Result<Response> ask_for_token(HttpClient& http, const Url& origin) {
  return ask(http, origin, "PUT", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}});
}

Result<std::string> ask_for_role(HttpClient& http, const Url& origin, const Response& token) {
  const Headers proof{{"X-aws-ec2-metadata-token", std::string(token.body.view())}};
  const auto listed = ask(http, origin, "GET", std::string(kRoles), proof);
  if (!listed) {
    return listed.error();
  }
  if (listed->status == 404) {
    return std::string("ready, with no role");
  }
  if (listed->status != 200) {
    return strange_status(origin, *listed);
  }
  const auto document = ask(http, origin, "GET", std::string(kRoles) + std::string(listed->body.view()), proof);
  return document ? judge_document(origin, *document) : document.error();
}

Result<std::string> ask_imds(HttpClient& http, const Url& origin) {
  const auto token = ask_for_token(http, origin);
  if (!token) {
    return token.error();
  }
  return token->status == 200 ? ask_for_role(http, origin, *token) : strange_status(origin, *token);
}

Result<std::string> ask_anything(HttpClient& http, const Url& origin) {
  const auto response = ask(http, origin, "GET", "/");
  return response ? Result<std::string>("ready") : response.error();
}

struct Probe {
  std::optional<ListenAddress> address;
  Ask ask;
  std::string tls_name{};  ///< Empty: plain HTTP.
};

Url place_of(const Probe& probe) {
  auto origin = origin_of(*probe.address);
  if (!probe.tls_name.empty()) {
    origin.scheme = "https";
    origin.host = probe.tls_name;
  }
  return origin;
}

}  // namespace

Result<std::string> health_of(HttpClient& http, const config::Listeners& listeners, const std::string& tls_name) {
  const std::array<Probe, 5> probes{Probe{listeners.admin, ask_readyz},
                                    Probe{listeners.containers, ask_readyz, tls_name},
                                    Probe{listeners.pod_identity, ask_pod_identity}, Probe{listeners.imds, ask_imds},
                                    Probe{listeners.sts, ask_anything}};
  std::vector<std::string> silent;
  for (const auto& probe : probes) {
    if (!probe.address || (probe.address->port == 0 && !probe.address->is_unix())) {
      continue;
    }
    const auto socket = probe.address->is_unix() ? client_to(*probe.address) : nullptr;
    auto health = probe.ask(socket ? *socket : http, place_of(probe));
    if (health || (health.error().code != "ConnectionError" && health.error().code != "NoSocket")) {
      return health;
    }
    silent.push_back(probe.address->reachable().to_string());
  }
  if (silent.empty()) {
    return Error{Error::Kind::kInvalid, "NoAddress",
                 "the configuration opens no listener that can be asked here, by its port or by plain HTTP; say --url "
                 "http://ADDR:PORT, as the server printed it, or open listen.admin for this (127.0.0.1:1340)"};
  }
  return Error{Error::Kind::kUnavailable, "NoServer",
               fmt::format("nobody listens at {}; is the server running, and with this configuration?",
                           fmt::join(silent, ", "))};
}

config::Listeners askable_listeners(const config::Config& config) {
  auto listeners = config.listen;
  if (config.containers.tls && listeners.containers && listeners.containers->is_unix()) {
    listeners.containers.reset();
  }
  if (config.pod_identity && config.pod_identity->tls) {
    listeners.pod_identity.reset();
  }
  return listeners;
}

Result<std::string> health_at(HttpClient& http, Url url) {
  const bool is_bare = url.target == "/";
  if (is_bare) {
    url.target = "/readyz";
  }
  const auto response = ask(http, url, "GET", url.target);
  if (!response) {
    return response.error();
  }
  // IMDS has no such path, and tells strangers not even that.
  if (is_bare && (response->status == 401 || response->status == 404)) {
    const auto token = ask_for_token(http, url);
    if (token && token->status == 200) {
      return ask_for_role(http, url, *token);
    }
  }
  if (is_bare && response->status == 403) {
    const auto of_pods = ask(http, url, "GET", url.target, as_a_pod());
    if (of_pods && (of_pods->status == 200 || of_pods->status == 503)) {
      return judge_readiness(url, *of_pods);
    }
  }
  return judge_readiness(url, *response);
}

}  // namespace understudy::app
