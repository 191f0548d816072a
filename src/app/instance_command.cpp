#include "understudy/app/instance_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "understudy/app/commands.hpp"
#include "understudy/app/imds_wiring.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/imds.hpp"

namespace understudy::app {
namespace {

/// A value on one line, or each of its lines below the path.
std::string entry(const metadata::Leaf& leaf) {
  switch (leaf.kind) {
    case metadata::Content::Kind::kRoleCredentials:
    case metadata::Content::Kind::kExtendedRoleCredentials:
      return leaf.path + ": (the role's credentials)\n";
    case metadata::Content::Kind::kIdentitySignature:
    case metadata::Content::Kind::kIdentityPkcs7:
    case metadata::Content::Kind::kIdentityRsa2048:
      return leaf.path + ": (a signature of the document)\n";
    case metadata::Content::Kind::kAnnounced:
      return leaf.path + ": (nothing yet)\n";
    case metadata::Content::Kind::kText:
    case metadata::Content::Kind::kUserData:
      break;
  }
  if (leaf.text.find('\n') == std::string::npos) {
    return fmt::format("{}: {}\n", leaf.path, leaf.text);
  }
  std::string out = leaf.path + ":\n";
  for (const auto line : split(trim(leaf.text), '\n')) {
    out += fmt::format("  {}\n", line);
  }
  return out;
}

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

}  // namespace

std::string_view InstanceCommand::purpose() const { return "print the metadata of the instance that is pretended"; }

std::string_view InstanceCommand::lesson() const {
  return R"(Every path below a version of the instance metadata service, with its value, as serve would answer it:
  understudy instance                              all of it
  understudy instance meta-data/placement          what is at or below a path
What is not set under imds.instance is derived from role and region; imds.paths sets or takes away any single path.)";
}

void InstanceCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  app.add_option("path", path, "only what is at or below it, such as meta-data/network")->type_name("PATH");
}

int InstanceCommand::run(const Environment& environment) {
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  const auto& imds = loaded->imds;
  const auto instance = instance_of(*loaded, loaded->region, SystemClock().wall());
  if (!instance) {
    complain(instance.error().message);
    return kFailure;
  }
  const auto role_name =
      imds.role.empty() ? std::string() : service::listed_role_name(imds, imds.role, role_arn_of(*loaded, imds.role));
  auto leaves = service::imds_leaves(imds, *instance, role_name);
  std::ranges::sort(leaves, {}, &metadata::Leaf::path);
  const auto folder = std::string(path.substr(0, path.find_last_not_of('/') + 1));
  std::string text;
  for (const auto& leaf : leaves) {
    text += is_below(leaf.path, folder) ? entry(leaf) : "";
  }
  if (text.empty()) {
    complain(fmt::format("the instance has nothing at {}: it would answer 404; understudy instance shows what it has",
                         escape_for_log(path)));
    return kFailure;
  }
  return print_out(text) ? kSuccess : kFailure;
}

}  // namespace understudy::app
