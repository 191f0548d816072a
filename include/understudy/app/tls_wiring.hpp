#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/http/client.hpp"
#include "understudy/http/tls.hpp"

/// TLS of the listeners that open by a configuration.
namespace understudy::app {

/// nullptr: plain HTTP.
struct TlsParts {
  std::shared_ptr<const http::TlsContext> containers;
  std::shared_ptr<const http::TlsContext> pod_identity;

  /// What a certificate of our own authority has left when another is made in its place.
  static constexpr std::chrono::hours kRenewal{24 * 60};

  /// Reads or makes the certificates; warns of what service::doubts_about has. Errors, after the key that they are
  /// about (`containers.tls: ..`): service::server_certificate's and http::TlsContext::make's.
  static Result<TlsParts> build(const config::Config& config, WallTime now, Log& log);

  /// Takes up what the files of certificates hold by now, and makes those anew by our own authority that have less than
  /// `kRenewal` left, or do not hold yet, the clock having been set. True: one is another now. What `build` would
  /// refuse or warn of goes to the log, once, and the certificate of before stays; so does a file's that has other
  /// names than before, as more hangs on them than can be changed here. REQUIRES: built with that configuration.
  bool renew(const config::Config& config, WallTime now, Log& log);

 private:
  void tell(const std::string& path, const std::vector<std::string>& warnings, Log& log);

  std::map<std::string, std::vector<std::string>> told_;  ///< What the log was warned of last, by key.
};

/// What `build` would refuse goes to `problems`, what it would warn of to `warnings`, each with its place in the
/// configuration.
void check_tls(const config::Config& config, WallTime now, std::vector<Problem>& problems,
               std::vector<Problem>& warnings);

/// The authority's certificate by which those who speak to `listen.containers` trust it; nullopt where it speaks plain
/// HTTP, or has a certificate of another authority's.
[[nodiscard]] std::optional<std::filesystem::path> own_authority(const config::Config& config);

/// How a program on this machine that has the configuration speaks to `listen.containers`.
struct Acquaintance {
  http::ClientSettings client{};  ///< Trusts what the server shows, be it our authority's or a file's.
  std::string name{};             ///< What the certificate is asked for; empty: it speaks plain HTTP.
};

/// Errors, where the certificate is a file's: those of read_file and certificates_in.
Result<Acquaintance> acquaintance_with(const config::Config& config);

}  // namespace understudy::app
