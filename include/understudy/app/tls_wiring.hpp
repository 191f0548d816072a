#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/http/tls.hpp"

/// TLS of the listeners that open by a configuration.
namespace understudy::app {

/// nullptr: plain HTTP.
struct TlsParts {
  std::shared_ptr<const http::TlsContext> containers;
  std::shared_ptr<const http::TlsContext> pod_identity;

  /// Reads or makes the certificates; warns of those that end within 30 days. Errors, after the key that they are
  /// about (`containers.tls: ..`): service::server_certificate's and http::TlsContext::make's.
  static Result<TlsParts> build(const config::Config& config, WallTime now, Log& log);

  /// The hosts that the certificates name: who calls us so means us.
  [[nodiscard]] std::vector<std::string> hosts() const;
};

/// What `build` would refuse goes to `problems`, what it would warn of to `warnings`, each with its place in the
/// configuration.
void check_tls(const config::Config& config, WallTime now, std::vector<Problem>& problems,
               std::vector<Problem>& warnings);

/// The authority's certificate by which those who speak to `listen.containers` trust it; nullopt where it speaks plain
/// HTTP, or has a certificate of another authority's.
[[nodiscard]] std::optional<std::filesystem::path> own_authority(const config::Config& config);

}  // namespace understudy::app
