#include "understudy/app/whoami_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/commands.hpp"
#include "understudy/app/one_role.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {

std::string_view WhoamiCommand::purpose() const { return "ask STS who a role's credentials are"; }

std::string_view WhoamiCommand::lesson() const {
  return R"(It fetches the role's credentials and calls GetCallerIdentity with them, so it tells whether a way works, too:
  understudy whoami app --config team.yaml
  understudy whoami --profile dev --json            as aws sts get-caller-identity prints it
Exit status: 0 where STS answered, 1 where the credentials can not be had or are refused.)";
}

void WhoamiCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  add_role(app, "role", role);
  app.add_flag("--json", json, "print JSON as the AWS CLI does, not the ARN alone");
}

int WhoamiCommand::run(const Environment& environment) {
  int status = kSuccess;
  const auto one = OneRole::open(config, role, environment, status);
  if (!one) {
    return status;
  }
  const auto credentials = one->credentials();
  if (!credentials) {
    return kFailure;
  }
  const auto who = one->ask_sts(aws::GetCallerIdentity{}, *credentials);
  if (!who) {
    complain(who.error());
    return kFailure;
  }
  const auto text = json ? fmt::format("{{\n    \"UserId\": {},\n    \"Account\": {},\n    \"Arn\": {}\n}}\n",
                                       json_string(who->user_id), json_string(who->account), json_string(who->arn))
                         : who->arn + "\n";
  return print_out(text) ? kSuccess : kFailure;
}

}  // namespace understudy::app
