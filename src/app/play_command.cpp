#include "understudy/app/play_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "understudy/app/commands.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/act.hpp"

namespace understudy::app {
namespace {

using nlohmann::json;

Error bad_act(std::string message) { return {Error::Kind::kInvalid, "BadAct", std::move(message)}; }

json value_of(std::string_view text) { return text == "null" ? json(nullptr) : json(text); }

Result<json> value_of_words(const std::vector<std::string>& words) {
  const auto is_pair = [](const std::string& word) { return word.find('=') != std::string::npos; };
  if (words.empty()) {
    return json(true);
  }
  if (words.size() == 1 && !is_pair(words.front())) {
    return value_of(words.front());
  }
  auto map = json::object();
  for (const auto& word : words) {
    if (!is_pair(word)) {
      return bad_act(fmt::format("expected KEY=VALUE, found \"{}\"", escape_for_log(word, 80)));
    }
    const auto equals = word.find('=');
    map[word.substr(0, equals)] = value_of(std::string_view(word).substr(equals + 1));
  }
  return map;
}

std::string list_of_acts() {
  std::string out;
  for (const auto& kind : service::act_kinds()) {
    out += fmt::format("{:<18}  {}\n", kind.name, kind.purpose);
    if (!kind.keys.empty()) {
      out += fmt::format("{:<18}  {}\n", "", kind.keys);
    }
  }
  return out;
}

/// Fit to be shown, whatever a server says.
std::string shown(const nlohmann::ordered_json& value) {
  return escape_for_log(value.is_string() ? value.get<std::string>() : value.dump(), 512);
}

}  // namespace

std::string state_text(const nlohmann::ordered_json& state) {
  std::string out;
  for (const auto& [key, value] : state.items()) {
    if (key == "imds") {
      for (const auto& line : value) {
        out += fmt::format("imds: {}\n", shown(line));
      }
    } else if (key == "roles") {
      for (const auto& [role, act] : value.items()) {
        out += fmt::format("role {}: {}\n", escape_for_log(role), shown(act));
      }
    } else if (key == "waiting" && value != 0) {
      out += fmt::format("{} still to come\n", shown(value));
    }
  }
  return out;
}

Result<json> cue_of(const std::string& act, const std::vector<std::string>& words) {
  auto name = act;
  std::ranges::replace(name, '-', '_');
  std::vector<std::string> names;
  for (const auto& kind : service::act_kinds()) {
    names.emplace_back(kind.name);
  }
  if (std::ranges::find(names, name) == names.end()) {
    const auto longer = std::ranges::find_if(names, [&](const std::string& each) { return each.starts_with(name); });
    const auto near = longer != names.end() && !name.empty() ? std::optional(*longer) : nearest(name, names);
    return bad_act(fmt::format("there is no act \"{}\"{}; understudy play --list names them all",
                               escape_for_log(act, 80), near ? ", did you mean \"" + *near + "\"?" : ""));
  }
  auto value = value_of_words(words);
  if (!value) {
    return value.error();
  }
  return json{{name, *std::move(value)}};
}

std::string_view PlayCommand::purpose() const {
  return "play an event in a running server, such as a spot interruption";
}

std::string_view PlayCommand::lesson() const {
  return R"(Examples:
  understudy play spot-interruption                  the two-minute notice, now
  understudy play spot-interruption action=stop --after 30s --first 1
  understudy play maintenance code=system-reboot in=1h
  understudy play auto-scaling Terminated
  understudy play rotate app                         new credentials of role app
  understudy play errors rate=0.2 status=503 --address 10.0.0.7
  understudy play tags Name=web Old=null
  understudy play clear                              back to the configuration
What was played is printed, as understudy play alone does. The same can stand in the configuration under events.
Exit status: 0 where it is played or waits for its time, 1 where it can not be, 2 where the act is misspelt.)";
}

void PlayCommand::add_options(CLI::App& app) {
  app.add_option("act", act, "what to play; without one, what is played now is shown")->type_name("ACT");
  app.add_option("words", words, "its choices")->type_name("KEY=VALUE");
  app.add_flag("--list", list, "every act there is, with its choices");
  app.add_option("--after", after, "so much later")->type_name("DURATION");
  app.add_option("--at", at, "at that time, such as 2026-12-01T10:00:00Z")->type_name("TIME");
  app.add_option("--every", every, "again and again")->type_name("DURATION");
  app.add_option("--address", addresses, "only clients of this address see it; several times for several")
      ->type_name("ADDRESS")
      ->take_all()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--first", first, "only the first N clients that ask from then on see it")->type_name("N");
  app.add_flag("--json", json, "print the server's own JSON");
  add_admin_options(app, admin);
}

int PlayCommand::run(const Environment& environment) {
  if (list) {
    return print_out(list_of_acts()) ? kSuccess : kFailure;
  }
  const bool has_choices = !after.empty() || !at.empty() || !every.empty() || !addresses.empty() || !first.empty();
  if (act.empty() && has_choices) {
    complain(
        "--after, --at, --every, --address and --first go with an act: understudy play ACT ..; understudy play --list "
        "names them all");
    return kUsage;
  }
  auto cue = act.empty() ? Result<nlohmann::json>(nlohmann::json::object()) : cue_of(act, words);
  if (!cue) {
    complain(cue.error().message);
    return kUsage;
  }
  for (const auto& [key, value] : {std::pair{"after", &after}, {"at", &at}, {"every", &every}}) {
    if (!value->empty()) {
      (*cue)[key] = *value;
    }
  }
  if (!addresses.empty()) {
    (*cue)["clients"]["addresses"] = addresses;
  }
  if (!first.empty()) {
    (*cue)["clients"]["first"] = first;
  }
  int status = kSuccess;
  const auto server = AdminClient::open(admin, environment, status);
  if (!server) {
    return status;
  }
  const auto state = act.empty() ? server->call("GET", "/v1/state", {}) : server->call("POST", "/v1/play", *cue);
  if (!state) {
    return kFailure;
  }
  return print_out(json ? state->dump(2) + "\n" : state_text(*state)) ? kSuccess : kFailure;
}

}  // namespace understudy::app
