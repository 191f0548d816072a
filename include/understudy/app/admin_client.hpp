#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

#include "understudy/app/command.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/base/url.hpp"

namespace CLI {
class App;
}

namespace understudy::app {

/// How a command finds the running server's admin listener.
struct AdminOptions {
  ConfigOptions config;    ///< Only `file`: its listen.admin and admin.token_file.
  std::string address;     ///< `--admin ADDR:PORT`; empty: the configuration's, else 127.0.0.1:1340.
  std::string token_file;  ///< `--admin-token-file`; empty: the configuration's, else the user's own.
};
/// `--config`, `--admin`, `--admin-token-file`
void add_admin_options(CLI::App& app, AdminOptions& options);

/// Talks to the admin listener of a running server. Blocks.
class AdminClient {
 public:
  /// nullptr, with the reason complained of, where there is no such configuration or no token (then `status` is set).
  static std::unique_ptr<AdminClient> open(const AdminOptions& options, const Environment& environment, int& status);

  /// The answer's JSON, whatever a 2xx carries. nullopt, with the server's own words complained of, for everything
  /// else.
  [[nodiscard]] std::optional<nlohmann::ordered_json> call(const std::string& method, const std::string& path,
                                                           const nlohmann::json& body);

 private:
  AdminClient(const ListenAddress& address, Secret token);

  Url url_;
  Secret token_;
  std::unique_ptr<HttpClient> http_;
};

}  // namespace understudy::app
