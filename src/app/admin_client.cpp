#include "understudy/app/admin_client.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <utility>

#include "understudy/app/admin_wiring.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/local_client.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

/// As `--admin` says, else as the configuration does.
std::optional<ListenAddress> address_of(const AdminOptions& options, const config::Config& config) {
  if (options.address.empty()) {
    if (!config.listen.admin) {
      complain(
          "the configuration opens no admin listener; add listen: {admin: 127.0.0.1:1340}, or say --admin ADDR:PORT");
    } else if (config.listen.admin->port == 0 && !config.listen.admin->is_unix()) {
      complain(
          "the configuration lets the system choose the admin port; say --admin ADDR:PORT, as the server printed it");
      return std::nullopt;
    }
    return config.listen.admin;
  }
  auto address = parse_listen_address(options.address);
  if (!address) {
    complain("--admin: " + address.error().message);
    return std::nullopt;
  }
  return *address;
}

std::optional<Secret> read_token(const std::filesystem::path& file) {
  auto text = read_file(file, 4096);
  if (!text) {
    complain(fmt::format("{}; a running server makes it (as the same user: another's is named by --admin-token-file)",
                         text.error().message));
    return std::nullopt;
  }
  // An editor or `echo` ends it with a line's end, which no header can hold.
  text->erase(text->find_last_not_of("\r\n") + 1);
  return Secret(*std::move(text));
}

}  // namespace

void add_admin_options(CLI::App& app, AdminOptions& options) {
  add_config_file(app, options.config);
  app.add_option("--admin", options.address, "the server's admin listener (default: listen.admin, 127.0.0.1:1340)")
      ->type_name("ADDR:PORT");
  app.add_option("--admin-token-file", options.token_file, "its token (default: admin.token_file, the user's own)")
      ->type_name("FILE");
}

std::unique_ptr<AdminClient> AdminClient::open(const AdminOptions& options, const Environment& environment,
                                               int& status) {
  status = kUsage;
  auto config = load_quietly(options.config, environment);
  const auto address = config ? address_of(options, *config) : std::nullopt;
  if (!address) {
    return nullptr;
  }
  status = kFailure;
  if (!options.token_file.empty()) {
    config->admin.token_file = options.token_file;
  }
  auto token = read_token(admin_token_file(config->admin, environment));
  if (!token) {
    return nullptr;
  }
  status = kSuccess;
  return std::unique_ptr<AdminClient>(new AdminClient(*address, *std::move(token)));
}

AdminClient::AdminClient(const ListenAddress& address, Secret token)
    : url_(origin_of(address)), token_(std::move(token)), http_(client_to(address)) {}

std::optional<nlohmann::ordered_json> AdminClient::call(const std::string& method, const std::string& path,
                                                        const nlohmann::json& body) {
  auto request = request_to(url_, method, path);
  request.headers.add("Authorization", "Bearer " + std::string(token_.reveal()));
  if (method != "GET") {
    request.headers.add("Content-Type", "application/json");
    request.body = body.dump();
  }
  CallLimits limits;
  limits.max_body = kMostOfOwnAnswer;
  const auto response = http_->send(url_, request, limits);
  if (!response) {
    complain(fmt::format("{}; is the server running, with its admin listener there?", response.error().message));
    return std::nullopt;
  }
  auto answer = parse_ordered_json(response->body.view());
  if (response->status / 100 == 2 && !answer.is_discarded()) {
    return answer;
  }
  const auto message = aws::json_text(nlohmann::json(answer), "message");
  complain(message.empty() ? fmt::format("{} answered with status {} and nothing that understudy says: another program "
                                         "is there",
                                         url_.authority(), response->status)
                           : escape_for_log(message, 1024));
  return std::nullopt;
}

}  // namespace understudy::app
