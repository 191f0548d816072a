#include "understudy/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

constexpr int kUsageStatus = 2;

constexpr const char* kAbout =
    "Plays an IAM role for unmodified AWS SDKs and tools on this machine: stands in for the EC2 instance metadata\n"
    "service and the ECS container credential endpoints, and gets the credentials through STS.\n";

constexpr const char* kExamples = R"(Examples:
  understudy serve --config configs/demo.yaml       no AWS account: roles from an embedded STS
  understudy serve --role-arn arn:aws:iam::111122223333:role/app --profile dev
  understudy exec --role-arn arn:aws:iam::111122223333:role/app --profile dev -- aws s3 ls
  understudy doctor                                 which credentials would an SDK take in this shell, and why

understudy COMMAND --help teaches the rest.
Exit status: 0 success, 1 the work failed, 2 the command line or the configuration is wrong; exec: that of CMD.)";

constexpr const char* kServeHelp =
    R"(The start prints what to type in the client's shell. With the default addresses and without --config, either of:
  export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds
and then any SDK or tool finds the role by itself: aws sts get-caller-identity

The role is assumed with the credentials of --profile, else with the keys in the environment, else with the default
profile's; without --role-arn those are served as they are, if they are temporary ones.
A flag wins over the environment, and that over the file: listen.imds there is UNDERSTUDY_LISTEN_IMDS.
SIGTERM and Ctrl-C let requests under way be answered and end the server within 3 seconds, with status 0.)";

constexpr const char* kExecHelp = R"(Examples:
  understudy exec --config team.yaml --role app -- ./integration-tests
  understudy exec --role-arn arn:aws:iam::111122223333:role/app --profile dev -- python3 job.py

CMD finds the role through its SDK's normal provider chain: random ports and a token of its own, and whatever would win
over them (keys, profiles, web identity) is taken out of its environment. Signals are passed on; the exit status is
CMD's, 127 where there is no such program, 126 where it can not be run.)";

constexpr const char* kCredentialsHelp = R"(A profile of ~/.aws/config can start from it:
  [profile app]
  credential_process = understudy credentials app --config /etc/understudy.yaml

It prints secrets, and fetches new ones each time: mind where the output goes, and prefer serve for many clients.)";

constexpr const char* kStsHelp = R"(Clients are pointed at it by:
  export AWS_ENDPOINT_URL_STS=http://127.0.0.1:1341

It knows the keys of sts.users and those that the configuration's roles start from; without a configuration, those in
the environment or else of the default profile. sts.trust says who may assume which role; a role that is not in it may
be assumed by every key that is known. Real AWS knows none of the credentials that it gives out.)";

constexpr const char* kDoctorHelp =
    R"(Run it where the client runs: in the same shell, or in the same container. Exit status: 0 where understudy's role is what a
client takes, 1 where it is not; then it says what to type.)";

constexpr const char* kWhichRole = "the role's key under roles (default: \"default\", or the only one)";

void add_config_file(CLI::App& command, ConfigOptions& options) {
  command.add_option("-c,--config", options.file, "YAML configuration, such as configs/demo.yaml")->type_name("FILE");
}

/// The options that several commands share, and what they write to.
void add_config_options(CLI::App& command, ConfigOptions& options) {
  add_config_file(command, options);
  command.add_option("--role-arn", options.flags.role_arn, "play this role, under the key \"default\"")
      ->type_name("ARN");
  command.add_option("--profile", options.flags.profile, "start from this profile of ~/.aws")->type_name("NAME");
  command.add_option("--region", options.flags.region, "AWS region, such as eu-west-1")->type_name("REGION");
  command.add_option("--log-level", options.flags.log_level, "debug, info, warning or error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}).description(""));
}

/// All commands with the options they write to.
class Parser {
 public:
  Parser() : app_(kAbout, "understudy") {
    app_.set_help_flag("-h,--help", "show this help");
    app_.set_version_flag("--version", "understudy " UNDERSTUDY_VERSION, "show the version");
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(28);
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    add_serve();
    add_exec();
    add_credentials();
    add_sts();
    add_doctor();
    // Last: a command that is added later would inherit it.
    app_.footer(kExamples);
  }

  CommandLine parse(const std::vector<std::string>& arguments) {
    // CLI11 takes them from the back.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      app_.parse(reversed);
    } catch (const CLI::CallForVersion&) {
      return Talk{"understudy " UNDERSTUDY_VERSION "\n", 0};
    } catch (const CLI::CallForHelp&) {
      // That of the command, where one was named.
      return Talk{app_.help(), 0};
    } catch (const CLI::ParseError& error) {
      return Talk{complaint(error, arguments), kUsageStatus};
    }
    return chosen();
  }

 private:
  CLI::App* add_command(const std::string& name, const std::string& purpose) {
    return app_.add_subcommand(name, purpose)->group("Commands");
  }

  void add_serve() {
    serve_command_ = add_command("serve", "serve credentials and metadata until SIGTERM or Ctrl-C");
    add_config_options(*serve_command_, serve_.config);
    serve_command_->add_option("--imds", serve_.config.flags.imds, "the EC2 instance metadata service listens here")
        ->type_name("ADDR:PORT");
    serve_command_
        ->add_option("--containers", serve_.config.flags.containers,
                     "the ECS container credential endpoint listens here")
        ->type_name("ADDR:PORT");
    serve_command_->add_flag("--check", serve_.check, "only validate the configuration; says each role's way");
    serve_command_->add_option("--ready-file", serve_.ready_file, "once ready, write the real addresses here, as JSON")
        ->type_name("FILE");
    serve_command_->footer(kServeHelp);
  }

  void add_exec() {
    exec_command_ = add_command("exec", "run one command as a role");
    add_config_options(*exec_command_, exec_.config);
    exec_command_->add_option("--role", exec_.role, kWhichRole)->type_name("KEY");
    exec_command_->add_option("command", exec_.command, "what to run, with its arguments, behind --")
        ->type_name("CMD")
        ->required();
    exec_command_->positionals_at_end();
    exec_command_->footer(kExecHelp);
  }

  void add_credentials() {
    credentials_command_ =
        add_command("credentials", "print a role's credentials as JSON, as a credential_process does");
    add_config_options(*credentials_command_, credentials_.config);
    credentials_command_->add_option("role", credentials_.role, kWhichRole)->type_name("KEY");
    credentials_command_->footer(kCredentialsHelp);
  }

  void add_sts() {
    sts_command_ = add_command("sts", "serve the embedded STS alone");
    sts_.config.flags.sts_alone = true;
    add_config_options(*sts_command_, sts_.config);
    sts_command_
        ->add_option("--listen", sts_.config.flags.sts, "listen here (default: listen.sts, else 127.0.0.1:1341)")
        ->type_name("ADDR:PORT");
    sts_command_->add_option("--ready-file", sts_.ready_file, "once ready, write the real address here, as JSON")
        ->type_name("FILE");
    sts_command_->footer(kStsHelp);
  }

  void add_doctor() {
    doctor_command_ = add_command("doctor", "say which credentials an SDK would take in this shell, and why");
    add_config_file(*doctor_command_, doctor_.config);
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
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && &command == exec_command_) {
      return "understudy: exec needs a command to run: understudy exec [OPTIONS] -- CMD ARGUMENTS..\n"
             "See: understudy exec --help\n";
    }
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
