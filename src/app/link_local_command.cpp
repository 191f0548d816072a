#include "understudy/app/link_local_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/commands.hpp"
#include "understudy/app/link_local.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/http/client.hpp"

namespace understudy::app {
namespace {

/// One line an address, or `nothing` where there is none.
int print_changes(const Result<std::vector<LinkLocalAddress>>& changed, std::string_view what,
                  std::string_view nothing) {
  if (!changed) {
    complain(changed.error().message);
    return kFailure;
  }
  std::string text;
  for (const auto& one : *changed) {
    text += fmt::format("{} {} ({})\n", what, one.address, one.endpoint);
  }
  return print_out(changed->empty() ? fmt::format("{}\n", nothing) : text) ? kSuccess : kFailure;
}

int print_states(LinkLocal& link_local) {
  const auto states = link_local.look();
  if (!states) {
    complain(states.error().message);
    return kFailure;
  }
  return print_out(link_local_text(*states)) ? kSuccess : kFailure;
}

}  // namespace

std::string_view LinkLocalCommand::purpose() const {
  return "put 169.254.169.254 and the like on this host, for clients with no variable";
}

std::string_view LinkLocalCommand::lesson() const {
  return R"(Without containers, for a server that listens at 169.254.169.254:80, 169.254.170.2:80 or 169.254.170.23:80:
  understudy link-local               shows who has the addresses
  sudo understudy link-local up       puts them on the loopback interface, until the next start of this host
  sudo understudy link-local down     takes away what up put there, and nothing else
It refuses where somebody else has one, as on an instance of EC2. Everybody on this host finds the server then, containers
too; who only shares its network is turned away by the server (docs/containers.md says how it tells them). Port 80 takes
root, CAP_NET_BIND_SERVICE or sysctl net.ipv4.ip_unprivileged_port_start=80.
Exit status: 0 where the addresses are as they were to be, 1 where they are not.)";
}

void LinkLocalCommand::add_options(CLI::App& app) {
  app.add_option("action", action, "up or down; left out: only look")
      ->type_name("up|down")
      ->check(CLI::IsMember({"up", "down"}).description(""));
  app.add_flag("--ipv6", ipv6, "up: fd00:ec2::254 and fd00:ec2::23, too");
  app.add_flag("--force", force, "up: also where somebody else has an address, who is hidden by it then");
}

int LinkLocalCommand::run(const Environment& environment) {
  ShellCommands commands(environment);
  // Without the environment: what answers here is no proxy's business.
  http::NetworkClient http(http::ClientSettings{});
  LinkLocal link_local(commands, http);
  if (action == "up") {
    return print_changes(link_local.up(ipv6, force), "put on this host:", "they are on this host already");
  }
  if (action == "down") {
    return print_changes(link_local.down(), "taken from this host:", "understudy has put none of them on this host");
  }
  return print_states(link_local);
}

}  // namespace understudy::app
