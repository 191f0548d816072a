#include "understudy/app/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  if (!answers(view, view.credentials_url)) {
    // First of all: the server starts from the very keys or profile that the other lines take out of this shell.
    lines.insert(lines.begin(), "understudy serve &");
  }
  lines.push_back("export AWS_CONTAINER_CREDENTIALS_FULL_URI=" + shell_word(view.credentials_url));
  if (!view.token_file.empty()) {
    lines.push_back("export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + shell_word(view.token_file));
  }
  return lines;
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
    out += "or run one command with the right environment: understudy exec -- COMMAND\n";
  }
  return out;
}

std::string shell_word(std::string_view text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=,@%+").find(c) != std::string_view::npos;
  });
  if (plain) {
    return std::string(text);
  }
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace understudy::app
