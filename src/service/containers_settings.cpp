#include "understudy/service/containers_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "own_path.hpp"
#include "understudy/base/text.hpp"
#include "understudy/metadata/task_settings.hpp"
#include "understudy/source/sts_fields.hpp"

namespace understudy::service {
namespace {

/// nullopt where the text is not 3 or 4 octal digits.
std::optional<mode_t> parse_mode(std::string_view text) {
  const bool octal = (text.size() == 3 || (text.size() == 4 && text[0] == '0')) &&
                     std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
  if (!octal) {
    return std::nullopt;
  }
  mode_t mode = 0;
  for (const char c : text) {
    mode = mode * 8 + static_cast<mode_t>(c - '0');
  }
  return mode;
}

/// The owner has to read it, and a file that others may write is no secret of the owner's.
bool is_sensible(mode_t mode) { return (mode & 0400) != 0 && (mode & 0133) == 0; }

ContainerCredentialSettings read_entry(const std::string& id, const Node& node, std::vector<Problem>& problems) {
  ContainerCredentialSettings entry;
  entry.id = id;
  Fields fields(node, problems);
  entry.role = fields.required_text("role");
  entry.token_file = fields.text("token_file");
  if (entry.token_file && entry.token_file->empty()) {
    fields.problem("token_file", "expected the path of a file, such as /run/understudy/app.token");
    entry.token_file.reset();
  }
  if (const auto text = fields.text("mode")) {
    const auto mode = parse_mode(*text);
    if (mode && is_sensible(*mode)) {
      entry.mode = *mode;
    } else {
      fields.problem("mode",
                     "expected a file mode such as \"0640\" that lets the owner read, nobody else write, and "
                     "nobody execute");
    }
    if (!entry.token_file) {
      fields.problem("mode", "is that of a token_file, and there is none here");
    }
  }
  entry.path = read_own_path(fields);
  fields.finish();
  return entry;
}

/// What STS takes in a session's name, with room for a role's behind it.
bool is_session_prefix(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  return text.size() <= kLongest && source::session_name(text, "") == text;
}

/// `true`, or a map with the source.
std::optional<CompatSettings> read_compat(Fields& fields, std::vector<Problem>& problems) {
  const Node* const node = fields.node("compat");
  if (node == nullptr) {
    return std::nullopt;
  }
  if (node->kind == Node::Kind::kMap) {
    Fields inner(*node, problems);
    CompatSettings settings;
    settings.source = inner.required_text("source");
    settings.session_prefix = inner.text("session_prefix").value_or(settings.session_prefix);
    if (!is_session_prefix(settings.session_prefix)) {
      inner.problem("session_prefix", "expected at most 32 of letters, digits and _+=,.@-, such as ecs-local-");
    }
    inner.finish();
    return settings;
  }
  return fields.flag("compat").value_or(false) ? std::optional(CompatSettings{}) : std::nullopt;
}

std::optional<ContainerEngineSettings> read_docker(Fields& fields) {
  const auto text = fields.text("docker").value_or("false");
  if (text != "true" && text != "false" && !text.starts_with('/')) {
    fields.problem("docker", "expected true, or the path of the engine's socket, such as /var/run/docker.sock");
  }
  return text == "false" ? std::nullopt : std::optional(ContainerEngineSettings{text == "true" ? std::string() : text});
}

std::optional<RateLimitSettings> read_rate_limit(Fields& fields, std::vector<Problem>& problems) {
  constexpr std::uint64_t kMost = 1'000'000;
  const Node* const node = fields.node("rate_limit");
  if (node == nullptr) {
    return std::nullopt;
  }
  Fields inner(*node, problems);
  RateLimitSettings settings;
  settings.per_second = static_cast<std::uint32_t>(inner.number("per_second", 1, kMost).value_or(settings.per_second));
  settings.burst = static_cast<std::uint32_t>(inner.number("burst", 1, kMost).value_or(settings.burst));
  inner.finish();
  return settings;
}

bool is_well_formed_id(std::string_view id) {
  return !id.empty() && is_plain(id) && normalised("/" + std::string(id)) == id;
}

/// Callers who send a token get what the one entry is that has it, so it must not stand for two roles. nullptr: it does
/// not.
const ContainerCredentialSettings* another_role_of(const ContainerCredentialSettings& entry,
                                                   const std::vector<ContainerCredentialSettings>& others) {
  const auto file_of = [](const auto& one) {
    return std::filesystem::path(one.token_file.value_or("")).lexically_normal();
  };
  const auto found = std::ranges::find_if(others, [&](const auto& other) {
    return entry.token_file && other.token_file && other.role != entry.role && file_of(other) == file_of(entry);
  });
  return found == others.end() ? nullptr : &*found;
}

void read_entries(const Node& node, ContainersSettings& settings, std::vector<Problem>& problems) {
  Fields entries(node, problems);
  for (const auto& [id, value] : node.members) {
    if (!is_well_formed_id(id)) {
      entries.problem(id, "expected an id that can stand in a path, such as app or team/app");
    }
    if (value.kind == Node::Kind::kScalar) {
      entries.problem(id, fmt::format("expected a map of settings, such as {}: {{role: app}}", escape_for_log(id, 80)));
      continue;
    }
    auto entry = read_entry(id, value, problems);
    const bool is_callers = settings.callers && entry.path == settings.callers->path;
    const bool taken = entry.path && (is_callers || std::ranges::any_of(settings.credentials, [&](const auto& other) {
                                        return other.path == entry.path;
                                      }));
    if (taken) {
      Fields(value, problems).problem("path", fmt::format("another entry has {} already", *entry.path));
    }
    if (const auto* const other = settings.callers ? another_role_of(entry, settings.credentials) : nullptr) {
      Fields(value, problems)
          .problem("token_file", fmt::format("entry {} has this file and the role {}: give each its own, because "
                                             "containers.callers tells by the token alone whose role it is",
                                             other->id, other->role));
    }
    settings.credentials.push_back(std::move(entry));
  }
}

}  // namespace

ContainersSettings read_containers_settings(const Node& node, std::vector<Problem>& problems) {
  ContainersSettings settings;
  Fields fields(node, problems);
  const Node* const credentials = fields.node("credentials");
  settings.compat = read_compat(fields, problems);
  settings.docker = read_docker(fields);
  if (const Node* const callers = fields.node("callers")) {
    settings.callers = read_callers_settings(*callers, problems);
  }
  settings.tasks = metadata::read_task_settings(fields, problems);
  settings.rate_limit = read_rate_limit(fields, problems);
  settings.audit_log = fields.flag("audit_log").value_or(false);
  settings.tls = read_tls_settings(fields, problems);
  fields.finish();
  if (credentials != nullptr) {
    read_entries(*credentials, settings, problems);
  }
  return settings;
}

ContainersSettings default_containers_settings(const std::string& role) {
  ContainerCredentialSettings entry;
  entry.id = role;
  entry.role = role;
  entry.path = "/creds";
  ContainersSettings settings;
  settings.credentials.push_back(std::move(entry));
  return settings;
}

}  // namespace understudy::service
