#include "understudy/config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "callers_check.hpp"
#include "section_example.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/key_index.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/defaults.hpp"
#include "understudy/config/fingerprint.hpp"
#include "understudy/config/roles.hpp"

namespace understudy::config {
namespace {

std::optional<ListenAddress> read_address(Fields& fields, std::string_view key) {
  const auto text = fields.text(key);
  if (!text) {
    return std::nullopt;
  }
  const auto address = parse_listen_address(*text);
  if (!address) {
    fields.problem(key, address.error().message);
    return std::nullopt;
  }
  return *address;
}

Listeners read_listeners(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  Listeners out;
  out.imds = read_address(fields, "imds");
  out.containers = read_address(fields, "containers");
  out.pod_identity = read_address(fields, "pod_identity");
  out.sts = read_address(fields, "sts");
  out.admin = read_address(fields, "admin");
  fields.finish();
  return out;
}

/// Every place where an endpoint names a role.
std::vector<const Node*> role_uses(const Node& tree) {
  std::vector<const Node*> uses;
  const auto add = [&](const Node* map) {
    const Node* role = map != nullptr ? map->find("role") : nullptr;
    if (role != nullptr && role->kind == Node::Kind::kScalar) {
      uses.push_back(role);
    }
  };
  add(tree.find("imds"));
  const Node* containers = tree.find("containers");
  const Node* credentials = containers != nullptr ? containers->find("credentials") : nullptr;
  if (credentials != nullptr) {
    for (const auto& [id, entry] : credentials->members) {
      add(&entry);
    }
  }
  const Node* callers = containers != nullptr ? containers->find("callers") : nullptr;
  for (const char* by : {"services", "addresses"}) {
    const Node* map = callers != nullptr ? callers->find(by) : nullptr;
    if (map == nullptr) {
      continue;
    }
    for (const auto& [name, role] : map->members) {
      uses.push_back(&role);
    }
  }
  const Node* pods = tree.find("pod_identity");
  const Node* associations = pods != nullptr ? pods->find("associations") : nullptr;
  if (associations != nullptr) {
    for (const auto& entry : associations->items) {
      add(&entry);
    }
  }
  return uses;
}

/// Permanent keys may be what roles are played from, so that it is not among role_uses.
void check_compat(const Node& tree, std::vector<Problem>& problems) {
  const Node* containers = tree.find("containers");
  const Node* compat = containers != nullptr ? containers->find("compat") : nullptr;
  const Node* source = compat != nullptr ? compat->find("source") : nullptr;
  const Node* roles = tree.find("roles");
  if (source != nullptr && (roles == nullptr || roles->find(source->scalar) == nullptr)) {
    problems.push_back({source->path, source->line, unknown_role(source->scalar, roles)});
  }
}

void check_served_roles(const Node& tree, const Config& config, std::vector<Problem>& problems) {
  const Node* roles = tree.find("roles");
  const Node none;
  const KeyIndex named((roles != nullptr ? *roles : none).members, &Node::Member::first);
  const KeyIndex planned(config.roles, &source::RolePlan::key);
  for (const Node* use : role_uses(tree)) {
    if (named.find(use->scalar) == nullptr) {
      problems.push_back({use->path, use->line, unknown_role(use->scalar, roles)});
      continue;
    }
    const auto* plan = planned.find(use->scalar);
    if (plan != nullptr && plan->blueprint->has_permanent_keys()) {
      problems.push_back(
          {use->path, use->line,
           fmt::format("expected a role with temporary credentials; the keys of \"{}\" have no session_token, which "
                       "clients of this endpoint need: add it, or name a role that assumes one with these keys "
                       "(assume_role: ARN, source: {})",
                       use->scalar, use->scalar)});
    }
  }
}

bool is_v6(std::string_view address) { return address.find(':') != std::string_view::npos; }

/// `::` takes both families, `0.0.0.0` its own.
bool covers(std::string_view address, std::string_view other) {
  return address == other || address == "::" || (address == "0.0.0.0" && !is_v6(other));
}

bool collide(const ListenAddress& left, const ListenAddress& right) {
  if (left.is_unix() || right.is_unix()) {
    return left.address == right.address;
  }
  const bool overlap = covers(left.address, right.address) || covers(right.address, left.address);
  return left.port != 0 && left.port == right.port && overlap;
}

void check_collisions(const Node& listen, const Listeners& listeners, std::vector<Problem>& problems) {
  std::vector<std::pair<std::string_view, ListenAddress>> earlier;
  const auto check = [&](std::string_view key, const std::optional<ListenAddress>& address) {
    const Node* place = listen.find(key);
    if (place == nullptr || !address) {
      return;
    }
    const auto same = std::ranges::find_if(earlier, [&](const auto& other) { return collide(other.second, *address); });
    if (same != earlier.end()) {
      problems.push_back(
          {place->path, place->line, fmt::format("expected an address of its own, found that of \"{}\"", same->first)});
    }
    earlier.emplace_back(key, *address);
  };
  check("imds", listeners.imds);
  check("containers", listeners.containers);
  check("pod_identity", listeners.pod_identity);
  check("sts", listeners.sts);
  check("admin", listeners.admin);
}

/// Listeners that the configuration names itself; the defaults are nobody's mistake.
void check_purpose(const Node& tree, const Config& config, std::vector<Problem>& problems,
                   std::vector<Problem>& warnings) {
  const Node* listen = tree.find("listen");
  const auto named = [&](std::string_view key) { return listen != nullptr ? listen->find(key) : nullptr; };
  if (const Node* sts = named("sts"); sts != nullptr && !config.sts.embedded) {
    problems.push_back({sts->path, sts->line, "expected sts: {endpoint: embedded} with a listener for it"});
  }
  const bool has_credentials = !config.containers.credentials.empty() || config.containers.compat ||
                               config.containers.has_containers() || config.pod_identity;
  if (const Node* containers = named("containers"); containers != nullptr && !has_credentials) {
    warnings.push_back({containers->path, containers->line,
                        "nothing is served here; name it: containers: {credentials: {app: {role: app}}}"});
  }
  const auto& pods = config.pod_identity;
  if (const Node* place = named("pod_identity"); place != nullptr && !pods) {
    warnings.push_back({place->path, place->line,
                        "nothing is served here; name it: pod_identity: {associations: [{namespace: default, "
                        "service_account: app, role: app}]}"});
  }
  if (const Node* place = tree.find("pod_identity"); place != nullptr && pods && !pods->verifies_signatures()) {
    warnings.push_back({place->path, place->line,
                        "tokens are taken without looking at their signatures, so whoever reaches this endpoint can "
                        "write one and get the credentials of any association; name the cluster's keys by jwks_file or "
                        "jwks_url"});
  }
  if (const Node* imds = named("imds"); imds != nullptr && config.imds.role.empty()) {
    warnings.push_back({imds->path, imds->line, "the instance has no role; name it: imds: {role: app}"});
  }
  check_callers(tree, config, warnings);
}

bool is_every_interface(const ListenAddress& address) {
  return address.address == "0.0.0.0" || address.address == "::";
}

/// `tls` of a listener that does not open, or that nobody elsewhere could call by a name.
void check_tls(const Node& tree, std::string_view section, const std::optional<service::TlsSettings>& tls,
               const std::optional<ListenAddress>& address, std::vector<Problem>& warnings) {
  const Node* parent = tree.find(section);
  const Node* place = parent != nullptr ? parent->find("tls") : nullptr;
  if (place == nullptr || !tls) {
    return;
  }
  if (!address) {
    warnings.push_back({place->path, place->line, fmt::format("is for listen.{}, which does not open", section)});
  } else if (!tls->ca.empty() && tls->names.empty() && is_every_interface(*address)) {
    warnings.push_back({place->path, place->line,
                        "the certificate has no name for clients that are not on this machine; name what they call it "
                        "by: names: [understudy]"});
  }
}

/// What one section says of another.
void check_whole(const Node& tree, const Node& listen, const Config& config, std::vector<Problem>& problems,
                 std::vector<Problem>& warnings) {
  check_served_roles(tree, config, problems);
  check_compat(tree, problems);
  check_collisions(listen, config.listen, problems);
  check_purpose(tree, config, problems, warnings);
  check_tls(tree, "containers", config.containers.tls, config.listen.containers, warnings);
  if (config.pod_identity) {
    check_tls(tree, "pod_identity", config.pod_identity->tls, config.listen.pod_identity, warnings);
  }
}

void read_events(const Node& tree, const Node& events, Config& config, std::vector<Problem>& problems) {
  const auto wrong_role = [&](const std::string& key) {
    const bool is_there = std::ranges::find(config.roles, key, &source::RolePlan::key) != config.roles.end();
    return is_there ? std::nullopt : std::optional(unknown_role(key, tree.find("roles")));
  };
  config.events = service::read_events(events, wrong_role, problems);
  config.events_fingerprint = fingerprint_of(events);
}

/// What `config` says of the configuration itself: whether modes that let others in are refused.
bool read_strict(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  const bool strict = fields.flag("strict").value_or(false);
  fields.finish();
  return strict;
}

void read_general(Fields& fields, Config& config) {
  config.region = fields.text("region").value_or("");
  if (!config.region.empty() && !aws::is_region(config.region)) {
    fields.problem("region",
                   fmt::format("expected a region such as us-east-1, found \"{}\"", escape_for_log(config.region, 40)));
  }
  if (const auto level = fields.choice("log_level", {"debug", "info", "warning", "error"})) {
    config.log_level = parse_log_level(*level).value_or(LogLevel::kInfo);
  }
  config.watch = fields.flag("watch").value_or(true);
  config.hosts = fields.texts("hosts");
}

}  // namespace

Config read_config(const Node& tree, std::vector<Problem>& problems, std::vector<Problem>& warnings) {
  Config config;
  Fields fields(tree, problems);
  read_general(fields, config);
  const Node* listen = fields.node("listen");
  const auto defaults = default_listen(tree);
  if (listen == nullptr || !is_no_section(fields, "listen", *listen)) {
    config.listen = read_listeners(listen != nullptr ? *listen : defaults, problems);
  }
  const auto section = [&](std::string_view key, auto& into, const auto& read) {
    if (const Node* node = fields.node(key); node != nullptr && !is_no_section(fields, key, *node)) {
      into = read(*node, problems);
    }
  };
  section("config", config.strict, read_strict);
  section("sts", config.sts, service::read_sts_settings);
  if (config.sts.region.empty()) {
    config.sts.region = config.region;
  }
  section("roles", config.roles, read_roles);
  section("imds", config.imds, service::read_imds_settings);
  section("identity", config.identity, service::read_identity_settings);
  section("containers", config.containers, service::read_containers_settings);
  section("pod_identity", config.pod_identity, service::read_pod_identity_settings);
  section("admin", config.admin, service::read_admin_settings);
  section("process", config.process, read_process_settings);
  section("link_local", config.link_local, read_link_local_settings);
  if (const Node* events = fields.node("events")) {
    read_events(tree, *events, config, problems);
  }
  fields.finish();
  check_whole(tree, listen != nullptr ? *listen : defaults, config, problems, warnings);
  return config;
}

}  // namespace understudy::config
