#include "understudy/app/profiles_command.hpp"

#include <CLI/CLI.hpp>

#include "understudy/app/commands.hpp"
#include "understudy/app/profile_report.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/files.hpp"

namespace understudy::app {

std::string_view ProfilesCommand::purpose() const {
  return "show the profiles of ~/.aws and how each gets its credentials";
}

std::string_view ProfilesCommand::lesson() const {
  return R"(It reads the shared config and credentials files as a role {profile: NAME} does, and asks nobody:
  understudy profiles                      a line for each: region, and its way or what is wrong with it and where
  understudy profiles --profile dev        one with all that was read of it, each property with file and line
  understudy profiles --json               for tools; no secret is shown in either form
AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files; * marks the profile of AWS_PROFILE.
Exit status: 0 where the files were read, whatever their profiles are like; 1 where neither is there, or where one can
not be read. With --profile: 0 where that one leads to credentials, 1 where it does not or is not there.)";
}

void ProfilesCommand::add_options(CLI::App& app) {
  app.add_option("--profile", profile, "only this profile of ~/.aws")->type_name("NAME");
  app.add_flag("--json", json, "print JSON, with stable keys");
}

int ProfilesCommand::run(const Environment& environment) {
  const auto report = read_profiles(environment, [](const std::filesystem::path& path) { return read_file(path); });
  auto error = report.error;
  if (!error && !profile.empty()) {
    const auto way = way_of(report.shared, profile);
    error = way ? std::nullopt : std::optional(way.error());
  }
  const bool is_there = !report.error && (profile.empty() || report.shared.profile(profile) != nullptr);
  if (json) {
    const auto only = profile.empty() ? std::nullopt : std::optional<std::string_view>(profile);
    return print_out(profiles_json(report, only)) && !error ? kSuccess : kFailure;
  }
  if (!is_there) {
    complain(*error);
    return kFailure;
  }
  const auto text = profile.empty() ? profiles_text(report) : profile_text(report, profile);
  return print_out(text) && !error ? kSuccess : kFailure;
}

}  // namespace understudy::app
