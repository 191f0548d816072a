#include <CLI/CLI.hpp>

#include "understudy/app/command.hpp"
#include "understudy/app/credentials_command.hpp"
#include "understudy/app/decode_command.hpp"
#include "understudy/app/doctor_command.hpp"
#include "understudy/app/ec2_mock_command.hpp"
#include "understudy/app/ecs_local_command.hpp"
#include "understudy/app/eks_token_command.hpp"
#include "understudy/app/exec_command.hpp"
#include "understudy/app/health_command.hpp"
#include "understudy/app/identity_certs_command.hpp"
#include "understudy/app/instance_command.hpp"
#include "understudy/app/link_local_command.hpp"
#include "understudy/app/login_command.hpp"
#include "understudy/app/mfa_command.hpp"
#include "understudy/app/play_command.hpp"
#include "understudy/app/profiles_command.hpp"
#include "understudy/app/serve_command.hpp"
#include "understudy/app/status_command.hpp"
#include "understudy/app/tls_ca_command.hpp"
#include "understudy/app/whoami_command.hpp"
#include "understudy/source/mfa_desk.hpp"

namespace understudy::app {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> all;
  all.push_back(std::make_unique<ServeCommand>());
  all.push_back(std::make_unique<ExecCommand>());
  all.push_back(std::make_unique<CredentialsCommand>());
  all.push_back(std::make_unique<WhoamiCommand>());
  all.push_back(std::make_unique<LoginCommand>());
  all.push_back(std::make_unique<DecodeCommand>());
  all.push_back(std::make_unique<EksTokenCommand>());
  all.push_back(std::make_unique<StsCommand>());
  all.push_back(std::make_unique<DoctorCommand>());
  all.push_back(std::make_unique<InstanceCommand>());
  all.push_back(std::make_unique<ProfilesCommand>());
  all.push_back(std::make_unique<StatusCommand>());
  all.push_back(std::make_unique<HealthCommand>());
  all.push_back(std::make_unique<MfaCommand>());
  all.push_back(std::make_unique<PlayCommand>());
  all.push_back(std::make_unique<Ec2MockCommand>());
  all.push_back(std::make_unique<EcsLocalCommand>());
  all.push_back(std::make_unique<IdentityCertsCommand>());
  all.push_back(std::make_unique<TlsCaCommand>());
  all.push_back(std::make_unique<LinkLocalCommand>());
  return all;
}

void add_config_file(CLI::App& app, ConfigOptions& options) {
  app.add_option("-c,--config", options.file, "YAML configuration, such as configs/demo.yaml")->type_name("FILE");
}

void add_config_options(CLI::App& app, ConfigOptions& options) {
  add_config_file(app, options);
  app.add_option("--role-arn", options.flags.role_arn, "play this role, under the key \"default\"")->type_name("ARN");
  app.add_option("--profile", options.flags.profile, "start from this profile of ~/.aws")->type_name("NAME");
  app.add_option("--region", options.flags.region, "AWS region, such as eu-west-1")->type_name("REGION");
  app.add_option("--mfa-token", options.mfa_token, "the MFA code of the moment, for the first role that needs one")
      ->type_name("CODE")
      ->check(
          [](const std::string& code) { return source::is_mfa_code(code) ? "" : "--mfa-token: expected six digits"; });
  app.add_option("--log-level", options.flags.log_level, "debug, info, warning or error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}).description(""));
}

void add_role(CLI::App& app, const std::string& name, std::string& role) {
  app.add_option(name, role, "the role's key under roles (default: \"default\", or the only one)")->type_name("KEY");
}

}  // namespace understudy::app
