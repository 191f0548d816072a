#include "understudy/source/process.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

#include "understudy/base/json.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

using nlohmann::json;

class ProcessBlueprint final : public Blueprint {
 public:
  explicit ProcessBlueprint(ProcessSource::Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<ProcessSource>(surroundings, settings_);
  }
  /// Not the command itself, which may hold a secret.
  [[nodiscard]] std::string describe() const override { return "what a command prints"; }

 private:
  ProcessSource::Settings settings_;
};

std::unique_ptr<Blueprint> read_process(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  ProcessSource::Settings settings;
  settings.what = fmt::format("the process of role {}", entry.key);
  if (entry.value.kind == Node::Kind::kMap) {
    Fields fields(entry.value, problems);
    settings.command = fields.required_text("command");
    settings.timeout = fields.duration("timeout").value_or(std::chrono::minutes(1));
    if (settings.timeout < std::chrono::seconds(1) || settings.timeout > std::chrono::minutes(10)) {
      fields.problem("timeout", "expected a time from 1s to 10m");
    }
    fields.finish();
  } else if (entry.value.kind == Node::Kind::kScalar && !entry.value.scalar.empty()) {
    settings.command = entry.value.scalar;
  } else {
    problems.push_back({entry.value.path, entry.value.line, "expected a command, such as \"vault-helper --json\""});
  }
  return problems.size() == before ? std::make_unique<ProcessBlueprint>(std::move(settings)) : nullptr;
}

/// What stands at `key`: a text, nothing (absent, null or empty), or something that no credentials have.
struct Member {
  std::string text;
  bool is_wrong = false;
};

Member member(const json& document, const char* key) {
  const auto found = document.find(key);
  if (found == document.end() || found->is_null()) {
    return {};
  }
  return found->is_string() ? Member{found->get<std::string>()} : Member{"", true};
}

}  // namespace

Result<aws::Credentials> parse_process_document(std::string_view text, std::string_view what) {
  const auto bad = [&](std::string_view why) {
    return Error{Error::Kind::kUnavailable, "BadProcessOutput",
                 fmt::format("{} printed {}; expected {{\"Version\": 1, \"AccessKeyId\": .., \"SecretAccessKey\": ..}}",
                             what, why)};
  };
  const auto document = parse_json(text);
  if (!document.is_object()) {
    return bad("no JSON object");
  }
  if (const auto version = document.find("Version"); version == document.end() || *version != 1) {
    return bad("another Version than 1");
  }
  const auto id = member(document, "AccessKeyId");
  const auto secret = member(document, "SecretAccessKey");
  const auto token = member(document, "SessionToken");
  const auto expiration = member(document, "Expiration");
  if (id.text.empty() || secret.text.empty() || token.is_wrong || expiration.is_wrong) {
    return bad("no AccessKeyId or no SecretAccessKey, or a member that is no text");
  }
  aws::Credentials credentials;
  credentials.access_key_id = id.text;
  credentials.secret_access_key = Secret(secret.text);
  credentials.account_id = member(document, "AccountId").text;
  if (!token.text.empty()) {
    credentials.session_token = Secret(token.text);
  }
  if (!expiration.text.empty()) {
    credentials.expiration = parse_iso8601(expiration.text);
    if (!credentials.expiration) {
      return bad("an Expiration that is no time such as 2026-11-20T23:37:24Z");
    }
  }
  return credentials;
}

ProcessSource::ProcessSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> ProcessSource::get(Freshness) {
  const auto printed = surroundings_.commands.run({settings_.command, settings_.what, settings_.timeout});
  if (!printed) {
    return printed.error();
  }
  auto credentials = parse_process_document(printed->reveal(), settings_.what);
  if (credentials) {
    credentials->obtained = surroundings_.clock.wall();
  }
  return credentials;
}

Kind process_kind() { return {"process", read_process}; }

}  // namespace understudy::source
