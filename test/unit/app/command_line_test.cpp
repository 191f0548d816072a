#include "understudy/app/command_line.hpp"

#include <string>
#include <vector>

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

}  // namespace

TEST_CASE("serve takes its options") {
  const auto line = parse_command_line({"serve", "--config", "a.yaml", "--role-arn", "arn:aws:iam::111122223333:role/a",
                                        "--profile", "dev", "--imds", "127.0.0.1:0", "--containers", "[::1]:0",
                                        "--check", "--ready-file", "r.json", "--log-level", "debug"});
  REQUIRE(std::holds_alternative<ServeOptions>(line));
  const auto& serve = std::get<ServeOptions>(line);
  CHECK(serve.config.file == "a.yaml");
  CHECK(serve.config.flags.role_arn == "arn:aws:iam::111122223333:role/a");
  CHECK(serve.config.flags.profile == "dev");
  CHECK(serve.config.flags.imds == "127.0.0.1:0");
  CHECK(serve.config.flags.containers == "[::1]:0");
  CHECK(serve.config.flags.log_level == "debug");
  CHECK(serve.check);
  CHECK(serve.ready_file == "r.json");
}

TEST_CASE("exec leaves the command behind -- alone, options and all") {
  const auto line =
      parse_command_line({"exec", "--role", "app", "--", "aws", "--region", "eu-west-1", "--check", "s3"});
  REQUIRE(std::holds_alternative<ExecOptions>(line));
  const auto& exec = std::get<ExecOptions>(line);
  CHECK(exec.role == "app");
  CHECK(exec.command == std::vector<std::string>{"aws", "--region", "eu-west-1", "--check", "s3"});
  CHECK_FALSE(exec.config.flags.region);
}

TEST_CASE("exec without a command is a complaint that shows where it stands") {
  CHECK(complaint_about({"exec", "--role", "app"}).find("exec [OPTIONS] -- CMD") != std::string::npos);
}

TEST_CASE("credentials takes the role's key") {
  const auto line = parse_command_line({"credentials", "app", "-c", "a.yaml"});
  REQUIRE(std::holds_alternative<CredentialsOptions>(line));
  CHECK(std::get<CredentialsOptions>(line).role == "app");
}

TEST_CASE("sts is alone, where it is told to listen") {
  const auto line = parse_command_line({"sts", "--listen", "127.0.0.1:0"});
  REQUIRE(std::holds_alternative<StsOptions>(line));
  CHECK(std::get<StsOptions>(line).config.flags.sts_alone);
  CHECK(std::get<StsOptions>(line).config.flags.sts == "127.0.0.1:0");
  CHECK_FALSE(std::get<ServeOptions>(parse_command_line({"serve"})).config.flags.sts_alone);
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
  for (const std::string command : {"serve", "exec", "credentials", "sts", "doctor"}) {
    CAPTURE(command);
    const auto help = parse_command_line({command, "--help"});
    REQUIRE(std::holds_alternative<Talk>(help));
    const auto& [text, status] = std::get<Talk>(help);
    CHECK(status == 0);
    CHECK(text.find("Usage: understudy " + command + " [OPTIONS]") != std::string::npos);
    CHECK(text.find("--config FILE") != std::string::npos);
    CHECK(text.find("understudy COMMAND --help") == std::string::npos);
  }
}

TEST_CASE("doctor takes no options that would change nothing") {
  CHECK(complaint_about({"doctor", "--log-level", "debug"}).find("--log-level") != std::string::npos);
}

TEST_CASE("the version is a line of its own") {
  const auto line = parse_command_line({"--version"});
  REQUIRE(std::holds_alternative<Talk>(line));
  CHECK(std::get<Talk>(line).text == "understudy " UNDERSTUDY_VERSION "\n");
}
