#include "understudy/app/status_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "understudy/app/commands.hpp"
#include "understudy/app/play_command.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

using nlohmann::ordered_json;

/// Fit to be shown, whatever a server says.
std::string shown(const ordered_json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? escape_for_log(found->get_ref<const std::string&>(), 512) : "";
}

const ordered_json& list(const ordered_json& object, const char* key) {
  static const auto kNone = ordered_json::array();
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_array() ? *found : kNone;
}

std::string role_line(const ordered_json& role, std::size_t width) {
  auto line = fmt::format("  {:<{}}  {}", shown(role, "role"), width, shown(role, "state"));
  if (const auto key = shown(role, "access_key_id"); !key.empty()) {
    const auto expires = shown(role, "expires");
    line += fmt::format(", {} {}", key, expires.empty() ? "without an end" : "until " + expires);
  }
  if (const auto code = shown(role, "code"); !code.empty()) {
    line += fmt::format("\n  {:<{}}  {}: {}", "", width, code, shown(role, "message"));
  }
  return line + "\n";
}

/// Nothing of a server that does not say.
std::string configuration_text(const ordered_json& status) {
  const auto found = status.is_object() ? status.find("configuration") : status.end();
  if (found == status.end() || !found->is_object()) {
    return {};
  }
  auto out = fmt::format("configuration of {}\n", shown(*found, "read"));
  if (const auto refused = found->find("refused"); refused != found->end()) {
    out += fmt::format("  one of {} was refused:\n", shown(*refused, "at"));
    for (const auto& line : list(*refused, "messages")) {
      out += fmt::format("    {}\n", line.is_string() ? escape_for_log(line.get_ref<const std::string&>(), 512) : "");
    }
  }
  return out;
}

}  // namespace

std::string status_text(const ordered_json& status) {
  std::size_t width = 0;
  for (const auto& role : list(status, "roles")) {
    width = std::max(width, shown(role, "role").size());
  }
  auto out = fmt::format("understudy {}, running since {}\n{}roles:\n", shown(status, "version"),
                         shown(status, "started"), configuration_text(status));
  for (const auto& role : list(status, "roles")) {
    out += role_line(role, width);
  }
  for (const auto& device : list(status, "mfa")) {
    if (device.is_object() && device.contains("waiting") && device["waiting"] == true) {
      out += fmt::format("waits for a code of {}: understudy mfa {} CODE\n", shown(device, "device"),
                         shown(device, "role"));
    }
  }
  return out;
}

std::string figures_text(const ordered_json& figures) {
  constexpr std::array<const char*, 8> kNames{"requests",  "failed_requests",  "refused_requests", "open_connections",
                                              "refreshes", "failed_refreshes", "sts_calls",        "failed_sts_calls"};
  std::array<std::uint64_t, kNames.size()> of{};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto found = figures.is_object() ? figures.find(kNames.at(i)) : figures.end();
    if (found == figures.end() || !found->is_number_unsigned()) {
      return {};
    }
    of.at(i) = found->get<std::uint64_t>();
  }
  return fmt::format(
      "requests: {} answered ({} by 5xx, {} refused), {} connections open\n"
      "roles were fetched {} times ({} in vain), STS was called {} times ({} in vain)\n",
      of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7]);
}

std::string_view StatusCommand::purpose() const { return "show what a running server plays"; }

std::string_view StatusCommand::lesson() const {
  return R"(It asks the server's admin listener, which is open with the default addresses or where listen.admin names it.
Exit status: 0 where the server answered, 1 where it does not run or the token is another's.)";
}

void StatusCommand::add_options(CLI::App& app) {
  add_admin_options(app, admin);
  app.add_flag("--json", json, "print the server's own JSON");
}

int StatusCommand::run(const Environment& environment) {
  int exit_status = kSuccess;
  const auto server = AdminClient::open(admin, environment, exit_status);
  if (!server) {
    return exit_status;
  }
  const auto status = server->call("GET", "/v1/status", {});
  if (!status) {
    return kFailure;
  }
  if (json) {
    return print_out(status->dump(2) + "\n") ? kSuccess : kFailure;
  }
  const auto figures = server->call("GET", "/v1/figures", {});
  const auto state = server->call("GET", "/v1/state", {});
  return print_out(status_text(*status) + (figures ? figures_text(*figures) : "") + (state ? state_text(*state) : ""))
             ? kSuccess
             : kFailure;
}

}  // namespace understudy::app
