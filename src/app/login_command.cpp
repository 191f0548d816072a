#include "understudy/app/login_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "understudy/app/application.hpp"
#include "understudy/app/browser.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/signals.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/sts_wiring.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/base/url.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/sso_login.hpp"
#include "understudy/source/sso_place.hpp"

namespace understudy::app {
namespace {

int complain_of(const Error& error, int status) {
  complain(error);
  return status;
}

void say(const std::string& text) {
  if (!print_out(text)) {
    print_error(text);
  }
}

std::string name_of(const aws::SsoPlace& place) {
  return escape_for_log(place.session.empty() ? without_user_info(place.start_url) : place.session);
}

std::string state_of(const aws::SsoPlace& place, const source::SsoLogIn& log_in) {
  return fmt::format("logged in to {} until {}{}", name_of(place), format_iso8601(log_in.until),
                     log_in.renews ? ", and renewed from then on" : "");
}

void tell(const aws::SsoDevice& device, bool may_open, const Environment& environment) {
  say(
      fmt::format("Open this page, see that it shows the code {}, and confirm:\n\n  {}\n\n"
                  "The code can also be typed in at {}\nIt is good for {}. Ctrl-C gives up.\n",
                  escape_for_log(device.user_code), device.url_with_code, device.url, format_duration(device.life)));
  if (may_open && open_browser(device.url_with_code, environment)) {
    say("Your browser should open it now.\n");
  }
}

}  // namespace

std::string_view LoginCommand::purpose() const { return "log in to IAM Identity Center, without the AWS CLI"; }

std::string_view LoginCommand::lesson() const {
  return R"(NAME is a profile of ~/.aws/config with sso_session or sso_start_url. With a configuration (--config,
UNDERSTUDY_CONFIG) it is first of all a role there: one of profile or sso, or one that starts from such a role.
  understudy login dev
  understudy login app --config team.yaml
It shows a page and a code to confirm there, in any browser, and waits. The log-in goes where the AWS CLI keeps it,
~/.aws/sso/cache, so that the CLI, the SDKs and a running understudy use it from then on.
A log-in that lasts for more than 15 minutes is left as it is; --force begins a new one.
Exit status: 0 logged in, 1 not confirmed or not possible, 2 no such role or profile, or nothing to log in to.)";
}

void LoginCommand::add_options(CLI::App& app) {
  app.add_option("name", wanted, "a role's key, or a profile of ~/.aws/config")->type_name("NAME")->required();
  add_config_file(app, config);
  app.add_flag("--no-browser", no_browser, "open no browser, only show the page");
  app.add_flag("--force", force, "log in although somebody is logged in");
}

std::string_view LoginCommand::what_is_missing() const {
  return "login needs to know for whom: understudy login PROFILE, or understudy login ROLE --config FILE";
}

int LoginCommand::run(const Environment& environment) {
  std::optional<config::Config> loaded;
  if (!config.file.empty() || environment.get("UNDERSTUDY_CONFIG")) {
    loaded = load_or_complain(config, environment);
    if (!loaded) {
      return kUsage;
    }
  }
  const auto named = log_in_named(wanted, loaded);
  const auto place = named ? source::find_sso_place(environment, *named) : Result<aws::SsoPlace>(named.error());
  if (!place && place.error().kind == Error::Kind::kNotFound && loaded) {
    // It may have been meant as a role, and then that is the mistake.
    static_cast<void>(choose_role(*loaded, wanted));
  }
  return place ? log_in(*place, named->profile, environment) : complain_of(place.error(), kUsage);
}

int LoginCommand::log_in(const aws::SsoPlace& place, const std::string& profile, const Environment& environment) const {
  hold_back_signals();
  const SystemClock clock;
  const auto log = log_to_stderr(LogLevel::kWarning);
  // Nothing of the configuration is needed but the place: no files are made for its endpoints, no roles built.
  const auto application = Application::build({}, environment, clock, *log);
  if (!application) {
    return complain_of(application.error(), kFailure);
  }
  auto surroundings = (*application)->surroundings();
  if (!profile.empty()) {
    source::go_by_profile(surroundings, profile_sts_settings(environment, profile));
  }
  if (const auto standing = source::standing_log_in(surroundings, place); standing && !force) {
    say(fmt::format("Already {}; --force begins a new log-in.\n", state_of(place, *standing)));
    return kSuccess;
  }
  const EndSignal end([&application] { (*application)->give_up(); });
  const auto done = source::log_in(surroundings, place,
                                   [&](const aws::SsoDevice& device) { tell(device, !no_browser, environment); });
  if (!done) {
    return complain_of(done.error(), kFailure);
  }
  say(fmt::format("You are {}.\n", state_of(place, *done)));
  return kSuccess;
}

Result<source::LogIn> log_in_named(const std::string& name, const std::optional<config::Config>& config) {
  const auto find = [&](const std::string& key) -> const source::RolePlan* {
    const auto found = std::ranges::find(config->roles, key, &source::RolePlan::key);
    return found == config->roles.end() ? nullptr : &*found;
  };
  const auto* role = config ? find(name) : nullptr;
  if (role == nullptr) {
    return source::LogIn{.profile = name};
  }
  while (!role->blueprint->log_in() && !role->base.empty()) {
    role = find(role->base);
  }
  auto log_in = role->blueprint->log_in();
  if (!log_in) {
    return Error{Error::Kind::kInvalid, "NoLogIn",
                 fmt::format("role {} has nothing to log in to: it starts from {}", name, role->blueprint->describe())};
  }
  return *std::move(log_in);
}

}  // namespace understudy::app
