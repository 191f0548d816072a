#include "understudy/app/tls_wiring.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/service/authority_folder.hpp"
#include "understudy/service/server_certificate.hpp"

namespace understudy::app {
namespace {

/// A listener that opens and has settings of TLS.
struct Secured {
  std::string path;  ///< `containers.tls`
  const service::TlsSettings& settings;
  const ListenAddress& address;
  std::shared_ptr<const http::TlsContext> TlsParts::* part;
};

std::vector<Secured> secured_in(const config::Config& config) {
  std::vector<Secured> out;
  if (config.containers.tls && config.listen.containers) {
    out.push_back({"containers.tls", *config.containers.tls, *config.listen.containers, &TlsParts::containers});
  }
  if (config.pod_identity && config.pod_identity->tls && config.listen.pod_identity) {
    out.push_back(
        {"pod_identity.tls", *config.pod_identity->tls, *config.listen.pod_identity, &TlsParts::pod_identity});
  }
  return out;
}

struct Made {
  std::shared_ptr<const http::TlsContext> context;
  std::optional<std::string> warning;
};

Result<Made> make(const Secured& one, WallTime now) {
  const auto identity = service::server_certificate(one.settings, one.address, now);
  if (!identity) {
    return identity.error();
  }
  auto context = http::TlsContext::make(*identity);
  if (!context) {
    return std::move(context).error();
  }
  return Made{*std::move(context), service::ends_soon(*identity, one.settings, now)};
}

}  // namespace

Result<TlsParts> TlsParts::build(const config::Config& config, WallTime now, Log& log) {
  TlsParts parts;
  for (const auto& one : secured_in(config)) {
    auto made = make(one, now);
    if (!made) {
      auto error = std::move(made).error();
      error.message = fmt::format("{}: {}", one.path, error.message);
      return error;
    }
    if (made->warning) {
      log.warn("{}: {}", one.path, *made->warning);
    }
    parts.*one.part = std::move(made->context);
  }
  return parts;
}

std::vector<std::string> TlsParts::hosts() const {
  std::vector<std::string> out;
  for (const auto& context : {containers, pod_identity}) {
    if (context) {
      out.insert(out.end(), context->names().begin(), context->names().end());
    }
  }
  return out;
}

void check_tls(const config::Config& config, WallTime now, std::vector<Problem>& problems,
               std::vector<Problem>& warnings) {
  for (const auto& one : secured_in(config)) {
    const auto made = make(one, now);
    if (!made) {
      problems.push_back({one.path, one.settings.line, made.error().message});
    } else if (made->warning) {
      warnings.push_back({one.path, one.settings.line, *made->warning});
    }
  }
}

std::optional<std::filesystem::path> own_authority(const config::Config& config) {
  const auto& tls = config.containers.tls;
  return tls && !tls->ca.empty() ? std::optional(service::authority_certificate_in(tls->ca)) : std::nullopt;
}

}  // namespace understudy::app
