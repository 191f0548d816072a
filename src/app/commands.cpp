#include "understudy/app/commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "understudy/app/standard_streams.hpp"
#include "understudy/app/sts_wiring.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {

void complain(const std::string& message) { print_error("understudy: " + message + "\n"); }

void warn(const std::string& line) { print_error("warning: " + line + "\n"); }

void complain(const Error& error) {
  constexpr std::size_t kLongestText = 2048;
  complain(fmt::format("{}: {}", escape_for_log(error.code), escape_for_log(error.message, kLongestText)));
}

Environment with_chosen_profile(const ConfigOptions& options, const Environment& environment) {
  const auto variable = environment.get("UNDERSTUDY_PROFILE");
  if (!options.flags.profile && !variable) {
    return environment;
  }
  auto variables = environment.all();
  variables["AWS_PROFILE"] = options.flags.profile ? *options.flags.profile : std::string(*variable);
  return Environment(std::move(variables));
}

std::optional<std::string> named_file(const ConfigOptions& options) {
  return options.file.empty() ? std::nullopt : std::optional(options.file);
}

Result<config::Loaded, std::vector<std::string>> load_as_asked(const ConfigOptions& options,
                                                               const Environment& environment) {
  auto loaded = config::load_config(named_file(options), environment, options.flags);
  // Of the user that it becomes Application reads the profile: this one's is another, and can not be read again then.
  if (loaded && !(options.becomes_user && loaded->config.process.user)) {
    loaded->config.region =
        effective_region(loaded->config, profile_sts_settings(with_chosen_profile(options, environment)));
  }
  return loaded;
}

namespace {

enum class Warnings { kPrint, kPass };

std::optional<config::Config> load(const ConfigOptions& options, const Environment& environment, Warnings warnings) {
  auto loaded = load_as_asked(options, environment);
  if (!loaded) {
    for (const auto& line : loaded.error()) {
      print_error(line + "\n");
    }
    return std::nullopt;
  }
  for (const auto& line : warnings == Warnings::kPrint ? loaded->warnings : std::vector<std::string>()) {
    warn(line);
  }
  return std::move(loaded->config);
}

}  // namespace

std::optional<config::Config> load_or_complain(const ConfigOptions& options, const Environment& environment) {
  return load(options, environment, Warnings::kPrint);
}

std::optional<config::Config> load_quietly(const ConfigOptions& options, const Environment& environment) {
  return load(options, environment, Warnings::kPass);
}

std::optional<config::Config> load_translated(Node tree, const std::vector<std::string>& notes,
                                              const std::string& command, const Environment& environment) {
  for (const auto& note : notes) {
    warn(note);
  }
  auto loaded = config::load_config_tree(std::move(tree), command, environment, {});
  if (!loaded) {
    for (const auto& line : loaded.error()) {
      complain(line);
    }
    return std::nullopt;
  }
  for (const auto& line : loaded->warnings) {
    warn(line);
  }
  auto& config = loaded->config;
  config.region = effective_region(config, profile_sts_settings(with_chosen_profile({}, environment)));
  return std::move(config);
}

std::string choose_role(const config::Config& config, const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& role : config.roles) {
    keys.push_back(role.key);
  }
  const auto has = [&](std::string_view wanted) { return std::ranges::find(keys, wanted) != keys.end(); };
  if (!key.empty() && has(key)) {
    return key;
  }
  if (!key.empty()) {
    const auto near = nearest(key, keys);
    complain(fmt::format("the configuration has no role \"{}\"{}; it has: {}", escape_for_log(key),
                         near ? ", did you mean \"" + *near + "\"?" : "", fmt::join(keys, ", ")));
    return {};
  }
  if (has("default")) {
    return "default";
  }
  if (keys.size() == 1) {
    return keys.front();
  }
  complain(
      fmt::format("say which role to play (exec, decode and eks-token take --role KEY, credentials and whoami "
                  "KEY alone); the configuration has: {}",
                  fmt::join(keys, ", ")));
  return {};
}

}  // namespace understudy::app
