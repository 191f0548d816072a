#include "understudy/config/load.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string_view>
#include <utility>

#include "understudy/base/files.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/default_role.hpp"
#include "understudy/config/defaults.hpp"
#include "understudy/config/yaml.hpp"

namespace understudy::config {
namespace {

using Lines = std::vector<std::string>;

/// By line, those of flags and variables last; what several checks found is said once.
Lines lines_of(const std::vector<Problem>& problems, const std::string& name) {
  std::multimap<std::pair<bool, int>, std::string> sorted;
  for (const auto& problem : problems) {
    sorted.emplace(std::pair(problem.line == 0, problem.line), line_of(problem, name));
  }
  Lines lines;
  for (auto& [place, line] : sorted) {
    if (std::ranges::find(lines, line) == lines.end()) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

/// The tree has the configuration's keys as plain text; what is read from it keeps them as Secret.
void wipe_scalars(Node& node) {
  wipe(node.scalar);
  std::ranges::for_each(node.items, wipe_scalars);
  for (auto& [key, value] : node.members) {
    wipe_scalars(value);
  }
}

void add_region(Node& tree, const Environment& environment) {
  if (tree.find("region") != nullptr) {
    return;
  }
  for (const std::string_view variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const auto region = environment.get(variable)) {
      set_scalar(tree, "region", *region, variable);
      return;
    }
  }
}

/// Permanent or temporary ones, of a role or of a user of the embedded STS.
bool has_keys(const Node& file) {
  return std::ranges::any_of(file.items, has_keys) || std::ranges::any_of(file.members, [](const auto& member) {
           const auto& [key, value] = member;
           return (key == "secret_access_key" && value.kind == Node::Kind::kScalar) || has_keys(value);
         });
}

/// Who may change the file decides who gets which role, and who may read it has the keys in it.
std::optional<std::string> refused_mode(const std::string& file, mode_t mode) {
  if ((mode & S_IWOTH) == 0) {
    return std::nullopt;
  }
  return fmt::format("{}: everybody may write this file (mode {:04o}), so it is not read; type: chmod o-w {}", file,
                     mode, file);
}

/// Of a file that is another's, as one mounted into a container, `chmod 600` would deprive this process too.
std::string how_to_keep_keys(const std::string& file) {
  struct stat facts{};
  const auto user = ::geteuid();
  const bool may_be_owners_alone = user == 0 || ::stat(file.c_str(), &facts) != 0 || facts.st_uid == user;
  return may_be_owners_alone
             ? "type: chmod 600 " + file
             : fmt::format(
                   "user {} has to read it and is not its owner, so keep the keys out of it, by environment: "
                   "true or a profile",
                   user);
}

Lines loose_modes(const std::string& file, mode_t mode, const Loaded& loaded) {
  const std::string_view verdict = loaded.config.strict ? ", which config.strict refuses" : "";
  Lines lines;
  if ((mode & S_IWGRP) != 0) {
    lines.push_back(fmt::format("{}: the group may write this file (mode {:04o}){}; type: chmod g-w {}", file, mode,
                                verdict, file));
  }
  if ((mode & (S_IRGRP | S_IROTH)) != 0 && loaded.has_keys) {
    lines.push_back(fmt::format("{}: others may read the keys in this file (mode {:04o}){}; {}", file, mode, verdict,
                                how_to_keep_keys(file)));
  }
  return lines;
}

/// Why it can not be read, and what to do where that is known.
std::string explain(const Error& error, const std::string& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
    return error.message +
           "; the configuration is a file: where one that is to be mounted is not there, Docker makes a folder of its "
           "name, on the host too";
  }
  if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0 && errno == EACCES) {
    return fmt::format(
        "{}; it has to be readable for user {}; in a container: chmod 644 it on the host, or run as its owner, user: "
        "\"1000:1000\" (what id -u and id -g print there)",
        error.message, ::geteuid());
  }
  return error.message;
}

bool says_nothing(std::string_view text) {
  return std::ranges::all_of(split(text, '\n'), [](std::string_view line) {
    const auto said = trim(line);
    return said.empty() || said.starts_with('#') || said == "---";
  });
}

}  // namespace

std::string line_of(const Problem& problem, const std::string& name) {
  std::string out;
  if (problem.line > 0) {
    out = fmt::format("{}:{}: ", name, problem.line);
  } else if (problem.path.empty()) {
    out = name + ": ";
  }
  return out + (problem.path.empty() ? "" : escape_for_log(problem.path) + ": ") + problem.message;
}

Result<Loaded, Lines> load_config_text(std::string_view text, const std::string& name, const Environment& environment,
                                       const Flags& flags) {
  auto file = parse_yaml(text);
  if (!file) {
    return lines_of(file.error(), name);
  }
  auto loaded = load_config_tree(*std::move(file), name, environment, flags);
  if (loaded) {
    loaded->says_nothing = says_nothing(text);
  }
  return loaded;
}

Result<Loaded, Lines> load_config_tree(Node tree, const std::string& name, const Environment& environment,
                                       const Flags& flags) {
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
  const bool keys = has_keys(tree);
  tree = apply_overrides(std::move(tree), environment, flags, problems);
  tree = with_default_role(std::move(tree), environment, flags);
  add_region(tree, environment);
  Loaded loaded{read_config(tree, problems, warnings), lines_of(warnings, name), keys};
  wipe_scalars(tree);
  if (!problems.empty()) {
    return lines_of(problems, name);
  }
  return loaded;
}

std::optional<std::string> chosen_file(const std::optional<std::string>& file, const Environment& environment) {
  if (file) {
    return file;
  }
  const auto variable = environment.get("UNDERSTUDY_CONFIG");
  return variable ? std::optional(std::string(*variable)) : std::nullopt;
}

Result<Loaded, Lines> load_config(const std::optional<std::string>& file, const Environment& environment,
                                  const Flags& flags) {
  const auto chosen = chosen_file(file, environment);
  if (!chosen) {
    return load_config_text("", "(no configuration)", environment, flags);
  }
  const auto& path = *chosen;
  auto text = read_file(path);
  if (!text) {
    return Lines{explain(text.error(), path)};
  }
  const mode_t mode = file_mode(path) & ALLPERMS;
  if (auto refusal = refused_mode(path, mode)) {
    return Lines{*std::move(refusal)};
  }
  auto loaded = load_config_text(*text, path, environment, flags);
  wipe(*text);
  if (loaded) {
    auto loose = loose_modes(path, mode, *loaded);
    if (loaded->config.strict && !loose.empty()) {
      return loose;
    }
    loaded->warnings.insert(loaded->warnings.end(), loose.begin(), loose.end());
  }
  return loaded;
}

}  // namespace understudy::config
