#include "understudy/app/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/ascii.hpp"

namespace understudy::app {
namespace {

std::string_view mark_of(const Step& step, bool is_winner) {
  switch (step.state) {
    case Step::State::kAbsent:
      return "-";
    case Step::State::kBroken:
      return "!";
    case Step::State::kTakes:
      return is_winner ? "*" : " ";
  }
  return "?";
}

std::string serve_line(const Served& served) {
  return served.config_file.empty() ? "understudy serve &"
                                    : fmt::format("understudy serve --config {} &", shell_word(served.config_file));
}

std::vector<std::string> export_lines(const Served::Credentials& entry) {
  std::vector<std::string> lines{"export AWS_CONTAINER_CREDENTIALS_FULL_URI=" + shell_word(entry.url)};
  if (!entry.token_file.empty()) {
    lines.push_back("export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + shell_word(entry.token_file));
  }
  return lines;
}

std::vector<std::string> instance_lines(const DoctorView& view) {
  std::vector<std::string> lines;
  if (view.environment.get("AWS_EC2_METADATA_DISABLED")) {
    lines.emplace_back("unset AWS_EC2_METADATA_DISABLED");
  }
  lines.push_back(fmt::format("export AWS_EC2_METADATA_SERVICE_ENDPOINT={}/", shell_word(view.served.instance)));
  return lines;
}

/// The entry that the client's variables lead to, else the first one; nullptr where there is none.
const Served::Credentials* advised_entry(const DoctorView& view) {
  const auto& served = view.served;
  const auto url = parse_url(view.environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or(""));
  const auto* const own = url ? entry_at(served, *url) : nullptr;
  return own != nullptr || served.credentials.empty() ? own : &served.credentials.front();
}

/// The server's own lines, and those that lead a client there.
struct Way {
  std::vector<std::string> before;  ///< To be typed before anything is taken out of the shell.
  std::vector<std::string> after;
};

Way way_to(const DoctorView& view) {
  const auto& served = view.served;
  const auto* const entry = advised_entry(view);
  const auto presence = entry != nullptr ? presence_at(view, entry->url) : Presence::kSilent;
  if (presence == Presence::kServed) {
    return {{}, export_lines(*entry)};
  }
  if (!served.instance.empty() && has_role_at(view, served.instance)) {
    return {{}, instance_lines(view)};
  }
  if (entry == nullptr && served.instance.empty()) {
    return {{},
            {"# This configuration serves nothing that a client here could be told of beforehand: give it",
             "#   listen: {containers: \"127.0.0.1:1339\"} and containers: {credentials: {app: {role: app}}}"}};
  }
  if (presence == Presence::kOther && served.config_file.empty()) {
    return {
        {},
        {fmt::format("# A server is there, and {} is not among what it serves. Name its configuration:", entry->url),
         "understudy doctor --config FILE"}};
  }
  Way way{{}, entry != nullptr ? export_lines(*entry) : instance_lines(view)};
  if (presence == Presence::kOther) {
    way.before.push_back(fmt::format("# At {} is a server with another configuration: end it first.", entry->url));
  }
  // First of all: the server starts from the very keys or profile that the other lines take out of this shell.
  way.before.push_back(serve_line(served));
  return way;
}

/// Everything that stands before the endpoint that is to win, and the way to that endpoint.
std::vector<std::string> lines_to_type(const std::vector<Step>& steps, const DoctorView& view) {
  std::vector<std::string> lines;
  for (const auto& step : steps) {
    if (step.ours && step.state == Step::State::kTakes) {
      return lines;
    }
    lines.insert(lines.end(), step.remedy.begin(), step.remedy.end());
    if (step.ours && step.remedy_mends) {
      return lines;
    }
  }
  const auto way = way_to(view);
  lines.insert(lines.begin(), way.before.begin(), way.before.end());
  lines.insert(lines.end(), way.after.begin(), way.after.end());
  return lines;
}

/// Without a configuration `exec` would play the very identity that this shell has.
std::string exec_line(const DoctorView& view) {
  const auto& served = view.served;
  if (served.config_file.empty()) {
    return "understudy exec --role-arn ARN -- COMMAND";
  }
  const auto* const entry = advised_entry(view);
  const auto role = entry != nullptr ? entry->role : served.instance_role;
  return fmt::format("understudy exec --config {} --role {} -- COMMAND", shell_word(served.config_file),
                     role.empty() ? "KEY" : shell_word(role));
}

std::string verdict(const Diagnosis& diagnosis) {
  const Step* winner = diagnosis.winner();
  if (winner == nullptr) {
    return "No provider of the chain has credentials: clients fail.";
  }
  if (diagnosis.ours_wins()) {
    return fmt::format("understudy wins ({}).", winner->provider);
  }
  if (winner->state == Step::State::kBroken) {
    return fmt::format("What comes first is broken: {}.", winner->provider);
  }
  return fmt::format("Before understudy comes: {}.", winner->provider);
}

}  // namespace

const Step* Diagnosis::winner() const {
  const auto found = std::ranges::find_if(steps, [](const Step& s) { return s.state != Step::State::kAbsent; });
  return found == steps.end() ? nullptr : &*found;
}

bool Diagnosis::ours_wins() const {
  const Step* first = winner();
  return first != nullptr && first->ours && first->state == Step::State::kTakes;
}

Diagnosis diagnose(const DoctorView& view) {
  Diagnosis diagnosis;
  diagnosis.steps = {check_environment_keys(view), check_web_identity(view), check_profile(view)};
  if (auto boto = check_boto_files(view); boto.state != Step::State::kAbsent) {
    diagnosis.steps.push_back(std::move(boto));
  }
  diagnosis.steps.push_back(check_container_endpoint(view));
  diagnosis.steps.push_back(check_instance_endpoint(view));
  if (!diagnosis.ours_wins()) {
    diagnosis.to_type = lines_to_type(diagnosis.steps, view);
    diagnosis.to_run = exec_line(view);
    diagnosis.names_configuration = !view.served.config_file.empty();
  }
  return diagnosis;
}

std::string render(const Diagnosis& diagnosis) {
  std::string out = "An AWS client looks for credentials in this order:\n";
  int number = 1;
  for (const auto& step : diagnosis.steps) {
    out +=
        fmt::format("  {} {}. {}: {}\n", mark_of(step, &step == diagnosis.winner()), number++, step.provider, step.why);
  }
  out += "\n" + verdict(diagnosis) + "\n";
  if (!diagnosis.to_type.empty()) {
    out += "\nType this so that understudy wins:\n";
    for (const auto& line : diagnosis.to_type) {
      out += "  " + line + "\n";
    }
    out += fmt::format("or run one command with the right environment: {}\n", diagnosis.to_run);
    if (!diagnosis.names_configuration) {
      out += "A server that has a configuration may serve elsewhere; by it says: understudy doctor --config FILE\n";
    }
  }
  return out;
}

std::string shell_word(std::string_view text) {
  if (is_word(text, "_-./:=,@%+")) {
    return std::string(text);
  }
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace understudy::app
