#include "understudy/app/command_line.hpp"

#include <memory>
#include <string>
#include <vector>

#include "understudy/app/credentials_command.hpp"
#include "understudy/app/exec_command.hpp"
#include "understudy/app/serve_command.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::app;

namespace {

std::string complaint_about(const std::vector<std::string>& arguments) {
  const auto line = parse_command_line(arguments);
  REQUIRE(std::holds_alternative<Talk>(line));
  CHECK(std::get<Talk>(line).exit_status == 2);
  return std::get<Talk>(line).text;
}

/// The command that the arguments choose. REQUIRES: it is a C.
template <class C>
std::unique_ptr<C> chosen(const std::vector<std::string>& arguments) {
  auto line = parse_command_line(arguments);
  REQUIRE(std::holds_alternative<std::unique_ptr<Command>>(line));
  auto* command = dynamic_cast<C*>(std::get<std::unique_ptr<Command>>(line).release());
  REQUIRE(command != nullptr);
  return std::unique_ptr<C>(command);
}

}  // namespace

TEST_CASE("serve takes its options") {
  const auto serve = chosen<ServeCommand>(
      {"serve", "--config", "a.yaml", "--role-arn", "arn:aws:iam::111122223333:role/a", "--profile", "dev", "--imds",
       "127.0.0.1:0", "--containers", "[::1]:0", "--check", "--ready-file", "r.json", "--log-level", "debug"});
  CHECK(serve->config.file == "a.yaml");
  CHECK(serve->config.flags.role_arn == "arn:aws:iam::111122223333:role/a");
  CHECK(serve->config.flags.profile == "dev");
  CHECK(serve->config.flags.imds == "127.0.0.1:0");
  CHECK(serve->config.flags.containers == "[::1]:0");
  CHECK(serve->config.flags.log_level == "debug");
  CHECK(serve->check);
  CHECK(serve->ready_file == "r.json");
}

TEST_CASE("exec leaves the command behind -- alone, options and all") {
  const auto exec =
      chosen<ExecCommand>({"exec", "--role", "app", "--", "aws", "--region", "eu-west-1", "--check", "s3"});
  CHECK(exec->role == "app");
  CHECK(exec->command == std::vector<std::string>{"aws", "--region", "eu-west-1", "--check", "s3"});
  CHECK_FALSE(exec->config.flags.region);
}

TEST_CASE("exec without a command is a complaint that shows where it stands") {
  CHECK(complaint_about({"exec", "--role", "app"}).find("exec [OPTIONS] -- CMD") != std::string::npos);
}

TEST_CASE("credentials takes the role's key") {
  CHECK(chosen<CredentialsCommand>({"credentials", "app", "-c", "a.yaml"})->role == "app");
}

TEST_CASE("sts is alone, where it is told to listen") {
  const auto sts = chosen<StsCommand>({"sts", "--listen", "127.0.0.1:0"});
  CHECK(sts->config.flags.sts_alone);
  CHECK(sts->config.flags.sts == "127.0.0.1:0");
  CHECK_FALSE(chosen<ServeCommand>({"serve"})->config.flags.sts_alone);
}

TEST_CASE("a mistyped word is answered with the nearest one") {
  CHECK(complaint_about({"serv"}).find("did you mean \"serve\"?") != std::string::npos);
  CHECK(complaint_about({"serve", "--confg", "a.yaml"}).find("did you mean \"--config\"?") != std::string::npos);
  CHECK(complaint_about({"docter"}).find("did you mean \"doctor\"?") != std::string::npos);
}

TEST_CASE("a wrong log level is refused with the words there are") {
  CHECK(complaint_about({"serve", "--log-level", "loud"}).find("warning") != std::string::npos);
}

TEST_CASE("help is asked for, no command is a mistake, and both show the commands") {
  const auto asked = parse_command_line({"--help"});
  REQUIRE(std::holds_alternative<Talk>(asked));
  CHECK(std::get<Talk>(asked).exit_status == 0);
  CHECK(std::get<Talk>(asked).text.find("doctor") != std::string::npos);
  CHECK(complaint_about({}).find("serve") != std::string::npos);
  const auto serve = parse_command_line({"serve", "--help"});
  CHECK(std::get<Talk>(serve).text.find("AWS_EC2_METADATA_SERVICE_ENDPOINT") != std::string::npos);
}

TEST_CASE("each command's help shows how it is called, its options and nothing of the others") {
  for (const auto& each : all_commands()) {
    const std::string command(each->name());
    CAPTURE(command);
    const auto help = parse_command_line({command, "--help"});
    REQUIRE(std::holds_alternative<Talk>(help));
    const auto& [text, status] = std::get<Talk>(help);
    CHECK(status == 0);
    CHECK(text.find("Usage: understudy " + command + " [OPTIONS]") != std::string::npos);
    const bool reads_configuration = command != "profiles" && command != "ec2-mock" && command != "ecs-local" &&
                                     command != "link-local" && command != "tls-ca";
    CHECK((text.find("--config FILE") != std::string::npos) == reads_configuration);
    CHECK(text.find("understudy COMMAND --help") == std::string::npos);
  }
}

TEST_CASE("doctor takes no options that would change nothing") {
  CHECK(complaint_about({"doctor", "--log-level", "debug"}).find("--log-level") != std::string::npos);
}

TEST_CASE("help may be a word, with a command behind it") {
  const auto text_of = [](const std::vector<std::string>& arguments) {
    const auto line = parse_command_line(arguments);
    REQUIRE(std::holds_alternative<Talk>(line));
    CHECK(std::get<Talk>(line).exit_status == 0);
    return std::get<Talk>(line).text;
  };
  CHECK(text_of({"help"}) == text_of({"--help"}));
  CHECK(text_of({"help", "--help"}) == text_of({"--help"}));
  CHECK(text_of({"help", "whoami"}) == text_of({"whoami", "--help"}));
  CHECK(complaint_about({"help", "whoam"}).find("did you mean \"whoami\"?") != std::string::npos);
}

TEST_CASE("words of other tools are answered with ours") {
  struct Row {
    std::vector<std::string> arguments;
    const char* says;
  };
  const std::vector<Row> rows{
      {{"-v"}, "did you mean \"--version\"?"},
      {{"serve", "configs/demo.yaml"}, "did you mean --config configs/demo.yaml?"},
      {{"doctor", "a.yml"}, "did you mean --config a.yml?"},
      {{"serve", "demo"}, "demo"},
      {{"whoami", "--role", "app"}, "say the role alone: understudy whoami KEY"},
      {{"credentials", "--role=app"}, "say the role alone: understudy credentials KEY"},
      {{"mfa", "app", "--code", "123456"}, "say the code alone: understudy mfa CODE"},
      {{"exec", "app", "--config", "a.yaml", "--", "true"},
       "everything from \"app\" on is the command to run, --config too"},
      {{"exec", "--role", "app", "x", "--region=eu-west-1", "--", "true"}, "--region=eu-west-1 too"},
  };
  for (const auto& row : rows) {
    const auto said = complaint_about(row.arguments);
    CAPTURE(said);
    CHECK(said.find(row.says) != std::string::npos);
  }
}

TEST_CASE("exec takes options of the command's own, and a further -- of it") {
  using Words = std::vector<std::string>;
  CHECK(chosen<ExecCommand>({"exec", "aws", "--region", "x"})->command == Words{"aws", "--region", "x"});
  CHECK(chosen<ExecCommand>({"exec", "env", "-i", "--", "x"})->command == Words{"env", "-i", "--", "x"});
  CHECK(chosen<ExecCommand>({"exec", "--", "x", "--config", "y", "--", "z"})->command ==
        Words{"x", "--config", "y", "--", "z"});
}

TEST_CASE("the version is a line of its own") {
  const auto line = parse_command_line({"--version"});
  REQUIRE(std::holds_alternative<Talk>(line));
  CHECK(std::get<Talk>(line).text == "understudy " UNDERSTUDY_VERSION "\n");
}
