#include "understudy/app/ec2_mock_settings.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "understudy/app/ec2_mock_leaves.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kTags = "metadata.values.tags-instance.";
constexpr std::string_view kPrefix = "AEMM_";

Error bad_file(std::string message) { return {Error::Kind::kInvalid, "BadFile", std::move(message)}; }

/// As AEMM compares keys, which leaves tags as they are.
std::string folded(const std::string& key) { return to_lower(key).starts_with(kTags) ? key : to_lower(key); }

Result<void> flatten(const ordered_json& document, const std::string& prefix, MockKeys& out) {
  for (const auto& [name, value] : document.items()) {
    const auto key = folded(prefix + name);
    if (value.is_object()) {
      auto inner = flatten(value, key + ".", out);
      if (!inner) {
        return inner;
      }
    } else if (!value.is_null()) {
      const auto text = value.is_string() ? value.get<std::string>() : value.dump();
      if (!out.emplace(key, text).second) {
        return bad_file(fmt::format("the key {} is there twice; leave one of them", escape_for_log(key, 80)));
      }
    }
  }
  return {};
}

std::string variable_of(std::string_view key) {
  auto name = std::string(kPrefix) + to_upper(key);
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

/// Kubernetes sets these for a service of AEMM's name.
bool is_of_kubernetes(std::string_view variable) {
  return variable.find("_SERVICE_") != std::string_view::npos || variable.find("_PORT_") != std::string_view::npos;
}

constexpr std::array kTrueOrFalse{"imdsv2", "save-config-to-file", "watch-config-file"};
constexpr std::array kNumbers{"mock-delay-sec", "mock-ip-count", "rebalance-delay-sec", "asg-termination-delay-sec"};

/// What is no path or value of mock_leaves.
constexpr std::pair<std::string_view, std::string_view> kPlainDefaults[]{
    {"config-file", ""},
    {"watch-config-file", "false"},
    {"save-config-to-file", "false"},
    {"server.hostname", "127.0.0.1"},
    {"server.port", "1338"},
    {"hosts", ""},
    {"imdsv2", "false"},
    {"mock-delay-sec", "0"},
    {"mock-trigger-time", ""},
    {"mock-ip-count", "2"},
    {"rebalance-delay-sec", "0"},
    {"rebalance-trigger-time", ""},
    {"asg-termination-delay-sec", "0"},
    {"asg-termination-trigger-time", ""},
    {"spot.action", "terminate"},
    {"spot.time", ""},
    {"spot.rebalance-rec-time", ""},
    {"events.code", "system-reboot"},
    {"events.state", "active"},
    {"events.not-before", ""},
    {"events.not-after", ""},
    {"events.not-before-deadline", ""},
    {"userdata.values.userdata", "MTIzNCxqb2huLHJlYm9vdCx0cnVlCg=="},
    {"userdata.paths.userdata", "/latest/user-data"},
    {"metadata.values.event-id", "instance-event-1234567890abcdef0"},
    {"metadata.values.elastic-inference-associations", kDefaultAccelerator},
    {"metadata.values.iam-security-credentials-role", "baskinc-role"},
    {"metadata.values.iam-security-credentials.code", "Success"},
    {"metadata.values.iam-security-credentials.lastupdated", "2020-04-02T18:50:40Z"},
    {"metadata.values.iam-security-credentials.type", "AWS-HMAC"},
    {"metadata.values.iam-security-credentials.accesskeyid", "12345678901"},
    {"metadata.values.iam-security-credentials.secretaccesskey", "v/12345678901"},
    {"metadata.values.iam-security-credentials.token",
     "TEST92test48TEST+y6RpoTEST92test48TEST/8oWVAiBqTEsT5Ky7ty2tEStxC1T=="},
    {"metadata.values.iam-security-credentials.expiration", "2020-04-02T00:49:51Z"},
    {"metadata.paths.elastic-inference-associations", "/latest/meta-data/elastic-inference/associations"},
    {"metadata.paths.events", "/latest/meta-data/events/maintenance/scheduled"},
    {"metadata.paths.iam-security-credentials-role", "/latest/meta-data/iam/security-credentials"},
    {"metadata.paths.iam-security-credentials", "/latest/meta-data/iam/security-credentials/baskinc-role"},
    {"metadata.paths.spot", "/latest/meta-data/spot/instance-action"},
    {"metadata.paths.spot-termination-time", "/latest/meta-data/spot/termination-time"},
    {"metadata.paths.rebalance-rec-time", "/latest/meta-data/events/recommendations/rebalance"},
    {"metadata.paths.target-lifecycle-state", "/latest/meta-data/autoscaling/target-lifecycle-state"},
};

MockKeys all_defaults() {
  MockKeys all(std::begin(kPlainDefaults), std::end(kPlainDefaults));
  const auto path_of = [](std::string_view path) { return "/latest/" + with_default_names(path); };
  for (const auto& leaf : mock_leaves()) {
    all.emplace(leaf.value_key(), with_default_names(leaf.value));
    all.emplace(leaf.path_key(), path_of(leaf.path));
  }
  for (const auto& document : mock_documents()) {
    all.emplace(document.path_key, path_of(document.path));
    for (const auto& member : document.members) {
      all.emplace(to_lower(std::string(document.prefix) + std::string(member.name)), member.value);
    }
  }
  return all;
}

std::string meant_instead(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return near ? "; did you mean " + *near + "?" : "";
}

/// A value as AEMM writes it.
ordered_json typed(const std::string& key, const std::string& value) {
  if (std::ranges::find(kTrueOrFalse, key) != kTrueOrFalse.end()) {
    return value == "true";
  }
  if (std::ranges::find(kNumbers, key) != kNumbers.end() || value.starts_with('[')) {
    auto parsed = parse_ordered_json(value);
    return parsed.is_discarded() ? ordered_json(value) : parsed;
  }
  return value;
}

void set_nested(ordered_json& document, std::string_view key, ordered_json value) {
  const auto dot = key.find('.');
  if (dot == std::string_view::npos) {
    document[std::string(key)] = std::move(value);
  } else {
    set_nested(document[std::string(key.substr(0, dot))], key.substr(dot + 1), std::move(value));
  }
}

}  // namespace

Result<MockKeys> read_mock_file(std::string_view json) {
  const auto parsed = parse_ordered_json(json);
  if (!parsed.is_object()) {
    return bad_file("expected a JSON object, such as {\"spot\": {\"action\": \"stop\"}}");
  }
  MockKeys keys;
  if (auto done = flatten(parsed, "", keys); !done) {
    return done.error();
  }
  return keys;
}

const MockKeys& mock_defaults() {
  static const auto defaults = all_defaults();
  return defaults;
}

MockSettings::MockSettings(const MockKeys& flags, const Environment& environment, const MockKeys& file) : said_(file) {
  std::vector<std::string> known;
  std::vector<std::string> variables;
  for (const auto& [key, value] : mock_defaults()) {
    known.push_back(key);
    variables.push_back(variable_of(key));
    const auto said = environment.get(variables.back());
    // As AEMM's chart has it: no hostname is every interface.
    const bool is_empty_host = key == "server.hostname" && environment.all().contains(variables.back());
    if (said || is_empty_host) {
      said_[key] = said.value_or("");
    }
  }
  for (const auto& [key, value] : file) {
    if (!mock_defaults().contains(key) && !key.starts_with(kTags)) {
      odd_.push_back(
          fmt::format("the file's key {} is not known{}", escape_for_log(key, 120), meant_instead(key, known)));
    }
  }
  for (const auto& [name, value] : environment.all()) {
    if (name.starts_with(kPrefix) && !is_of_kubernetes(name) && std::ranges::find(variables, name) == variables.end()) {
      odd_.push_back(
          fmt::format("the variable {} is not known{}", escape_for_log(name, 120), meant_instead(name, variables)));
    }
  }
  for (const auto& [key, value] : flags) {
    said_[key] = value;
  }
}

bool MockSettings::is_said(std::string_view key) const {
  const auto found = said_.find(key);
  return found != said_.end() && found->second != default_of(key);
}

std::string MockSettings::text(std::string_view key) const {
  const auto found = said_.find(key);
  return found != said_.end() ? found->second : default_of(key);
}

std::vector<std::pair<std::string, std::string>> MockSettings::said_below(std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [key, value] : said_) {
    if (key.starts_with(prefix)) {
      out.emplace_back(key.substr(prefix.size()), value);
    }
  }
  return out;
}

std::string MockSettings::to_json() const {
  ordered_json out;
  for (const auto& [key, fallback] : mock_defaults()) {
    if (const auto value = text(key); !value.empty()) {
      set_nested(out, key, typed(key, value));
    }
  }
  for (const auto& [tag, value] : said_below(kTags)) {
    out["metadata"]["values"]["tags-instance"][tag] = value;
  }
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string MockSettings::default_of(std::string_view key) {
  const auto found = mock_defaults().find(key);
  return found != mock_defaults().end() ? found->second : std::string();
}

}  // namespace understudy::app
