#include "understudy/app/pod_identity_wiring.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "understudy/base/files.hpp"

namespace understudy::app {
namespace {

/// Key sets have a few keys of half a kilobyte.
constexpr std::size_t kMostKeys = 64 * 1024;

Result<std::string> fetch(HttpClient& network, const Url& url) {
  Request request;
  request.target = url.target;
  request.headers.add("Accept", "application/json");
  auto answer = network.send(url, request, CallLimits{.max_body = kMostKeys});
  if (!answer) {
    return answer.error();
  }
  if (answer->status != 200) {
    return Error{Error::Kind::kUnavailable, fmt::format("Http{}", answer->status),
                 fmt::format("{} answered with status {}", url.to_string(), answer->status)};
  }
  return std::string(answer->body.view());
}

/// nullptr where the configuration names no keys.
std::unique_ptr<service::TokenKeys> keys_of(const service::PodIdentitySettings& settings, HttpClient& network,
                                            const Clock& clock, Log& log) {
  using service::TokenKeys;
  if (!settings.jwks_file.empty()) {
    return std::make_unique<TokenKeys>([file = settings.jwks_file] { return read_file(file, kMostKeys); },
                                       settings.jwks_file, TokenKeys::kFile, clock, log);
  }
  if (settings.jwks_url) {
    return std::make_unique<TokenKeys>([&network, url = *settings.jwks_url] { return fetch(network, url); },
                                       settings.jwks_url->to_string(), TokenKeys::kUrl, clock, log);
  }
  return nullptr;
}

}  // namespace

Result<PodIdentityParts> PodIdentityParts::build(const config::Config& config, source::Roles& roles,
                                                 HttpClient& network, service::GuardRules guard, const Clock& clock,
                                                 Log& log) {
  PodIdentityParts parts;
  if (!config.pod_identity || !(config.listen.pod_identity || config.listen.containers)) {
    return parts;
  }
  const auto& settings = *config.pod_identity;
  parts.keys_ = keys_of(settings, network, clock, log);
  if (!settings.jwks_file.empty()) {
    if (auto read = parts.keys_->read(); !read) {
      return read.error();
    }
  }
  std::vector<service::PodIdentityRole> found;
  for (const auto& each : settings.associations) {
    found.push_back({each.name_space, each.account, roles.find(each.role)});
  }
  parts.endpoint_ =
      std::make_unique<service::PodIdentity>(found, service::PodIdentityRules{settings.host_check, settings.audience},
                                             parts.keys_.get(), std::move(guard), clock, log);
  return parts;
}

void PodIdentityParts::continue_from(const PodIdentityParts& before) {
  if (keys_ && before.keys_) {
    keys_->continue_from(*before.keys_);
  }
}

void PodIdentityParts::start() {
  if (keys_) {
    keys_->start();
  }
}

void PodIdentityParts::stop() {
  if (keys_) {
    keys_->stop();
  }
}

}  // namespace understudy::app
