#include "understudy/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

constexpr int kUsageStatus = 2;

constexpr const char* kAbout =
    "Plays an IAM role for unmodified AWS SDKs and tools on this machine: stands in for the EC2 instance metadata "
    "service\n"
    "and the ECS container credential endpoints, and gets the credentials through STS.";

constexpr const char* kExamples = R"(
Examples:
  understudy serve --config configs/demo.yaml      no AWS account: roles from an embedded STS
  understudy serve --role-arn arn:aws:iam::111122223333:role/app --profile dev
  understudy exec --role-arn arn:aws:iam::111122223333:role/app -- aws s3 ls
  understudy doctor                                which credentials would an SDK take in this shell, and why

Exit status: 0 success, 1 the work failed, 2 the command line or the configuration is wrong; exec: that of the command.)";

constexpr const char* kServeExamples = R"(
In a second shell, with the default addresses, either of:
  export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds
and then any SDK or tool finds the role by itself: aws sts get-caller-identity

Without --config the role is played from the default profile or the environment's keys; every value of the file can also be
set by a variable: listen.imds by UNDERSTUDY_LISTEN_IMDS. SIGTERM answers what is under way and exits 0 within 3 seconds.)";

constexpr const char* kExecExamples = R"(
Examples:
  understudy exec --config team.yaml --role app -- ./integration-tests
  understudy exec --role-arn arn:aws:iam::111122223333:role/app --profile dev -- python3 job.py

The command sees the role through its SDK's normal provider chain: own random ports, a token of its own, and everything in the
environment that would win over it (keys, profiles, web identity) taken away. Signals are passed on.)";

constexpr const char* kDoctorHelp = R"(
Run it where the client runs: in the same shell, or in the same container. Exit status: 0 where understudy's role is what a
client takes, 1 where it is not; then it says what to type.)";

/// The options that several commands share, and what they write to.
void add_config_options(CLI::App& command, ConfigOptions& options) {
  command.add_option("-c,--config", options.file, "YAML configuration (configs/demo.yaml is an example)")
      ->type_name("FILE");
  command.add_option("--role-arn", options.flags.role_arn, "play this role, as the role \"default\"")->type_name("ARN");
  command.add_option("--profile", options.flags.profile, "start from this profile of the shared AWS files")
      ->type_name("NAME");
  command.add_option("--region", options.flags.region, "AWS region, such as eu-west-1")->type_name("REGION");
  command.add_option("--log-level", options.flags.log_level, "debug, info, warning or error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

/// All commands with the options they write to.
class Parser {
 public:
  Parser() : app_(kAbout, "understudy") {
    app_.set_version_flag("--version", "understudy " UNDERSTUDY_VERSION);
    app_.require_subcommand(1);
    app_.footer(kExamples);
    app_.get_formatter()->column_width(28);
    add_serve();
    add_exec();
    add_credentials();
    add_sts();
    add_doctor();
  }

  CommandLine parse(const std::vector<std::string>& arguments) {
    // CLI11 takes them from the back.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      app_.parse(reversed);
    } catch (const CLI::CallForVersion&) {
      return Talk{"understudy " UNDERSTUDY_VERSION "\n", 0};
    } catch (const CLI::CallForHelp&) {
      return Talk{help_of_chosen(), 0};
    } catch (const CLI::ParseError& error) {
      return Talk{complaint(error, arguments), kUsageStatus};
    }
    return chosen();
  }

 private:
  void add_serve() {
    serve_command_ = app_.add_subcommand("serve", "serve credentials and metadata until SIGTERM");
    add_config_options(*serve_command_, serve_.config);
    serve_command_->add_option("--imds", serve_.config.flags.imds, "listen here as instance metadata service")
        ->type_name("ADDR:PORT");
    serve_command_
        ->add_option("--containers", serve_.config.flags.containers, "listen here as container credential endpoint")
        ->type_name("ADDR:PORT");
    serve_command_->add_flag("--check", serve_.check, "validate the configuration and exit");
    serve_command_->add_option("--ready-file", serve_.ready_file, "write the real addresses here, as JSON, once ready")
        ->type_name("FILE");
    serve_command_->footer(kServeExamples);
  }

  void add_exec() {
    exec_command_ = app_.add_subcommand("exec", "run a command as a role");
    add_config_options(*exec_command_, exec_.config);
    exec_command_
        ->add_option("--role", exec_.role,
                     "the role's key in the configuration (default: \"default\", or the only one)")
        ->type_name("KEY");
    exec_command_->add_option("command", exec_.command, "what to run, behind --")->type_name("CMD")->required();
    exec_command_->positionals_at_end();
    exec_command_->footer(kExecExamples);
  }

  void add_credentials() {
    credentials_command_ =
        app_.add_subcommand("credentials", "print a role's credentials as JSON, as a credential_process does");
    add_config_options(*credentials_command_, credentials_.config);
    credentials_command_->add_option("role", credentials_.role, "the role's key in the configuration")
        ->type_name("ROLE");
  }

  void add_sts() {
    sts_command_ = app_.add_subcommand("sts", "serve the embedded STS alone");
    sts_.config.flags.sts_alone = true;
    add_config_options(*sts_command_, sts_.config);
    sts_command_->add_option("--listen", sts_.config.flags.sts, "where (default: 127.0.0.1:1341)")
        ->type_name("ADDR:PORT");
    sts_command_->add_option("--ready-file", sts_.ready_file, "write the real address here, as JSON, once ready")
        ->type_name("FILE");
  }

  void add_doctor() {
    doctor_command_ = app_.add_subcommand("doctor", "say which credentials an SDK would take in this shell, and why");
    add_config_options(*doctor_command_, doctor_.config);
    doctor_command_->footer(kDoctorHelp);
  }

  [[nodiscard]] CommandLine chosen() {
    if (serve_command_->parsed()) {
      return serve_;
    }
    if (exec_command_->parsed()) {
      return exec_;
    }
    if (credentials_command_->parsed()) {
      return credentials_;
    }
    if (sts_command_->parsed()) {
      return sts_;
    }
    return doctor_;
  }

  [[nodiscard]] std::string help_of_chosen() const {
    const auto subcommands = app_.get_subcommands();
    return (subcommands.empty() ? &app_ : subcommands.front())->help();
  }

  [[nodiscard]] std::vector<std::string> words_of(const CLI::App& command) const {
    std::vector<std::string> words;
    for (const auto* option : command.get_options()) {
      for (const auto& name : option->get_lnames()) {
        words.push_back("--" + name);
      }
    }
    for (const auto* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(sub->get_name());
    }
    return words;
  }

  [[nodiscard]] std::string complaint(const CLI::ParseError& error, const std::vector<std::string>& arguments) const {
    const auto subcommands = app_.get_subcommands();
    const CLI::App& command = subcommands.empty() ? app_ : *subcommands.front();
    const auto known = words_of(command);
    for (const auto& argument : arguments) {
      const auto word = argument.substr(0, argument.find('='));
      const bool is_word = word.starts_with("--") || &command == &app_;
      if (word != "--" && is_word && std::ranges::find(known, word) == known.end()) {
        const auto near = nearest(word, known);
        return fmt::format("understudy: unknown word \"{}\"{}\nSee: understudy {}--help\n", escape_for_log(word),
                           near ? "; did you mean \"" + *near + "\"?" : "",
                           &command == &app_ ? "" : command.get_name() + " ");
      }
      if (word == "--") {
        break;
      }
    }
    return fmt::format("understudy: {}\nSee: understudy {}--help\n", error.what(),
                       &command == &app_ ? "" : command.get_name() + " ");
  }

  CLI::App app_;
  CLI::App* serve_command_ = nullptr;
  CLI::App* exec_command_ = nullptr;
  CLI::App* credentials_command_ = nullptr;
  CLI::App* sts_command_ = nullptr;
  CLI::App* doctor_command_ = nullptr;
  ServeOptions serve_;
  ExecOptions exec_;
  CredentialsOptions credentials_;
  StsOptions sts_;
  DoctorOptions doctor_;
};

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    return Talk{std::get<Talk>(Parser().parse({"--help"})).text, kUsageStatus};
  }
  return Parser().parse(arguments);
}

}  // namespace understudy::app
