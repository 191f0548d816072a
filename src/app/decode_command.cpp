#include "understudy/app/decode_command.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <iostream>
#include <iterator>

#include "understudy/app/commands.hpp"
#include "understudy/app/one_role.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/aws/authorization_message.hpp"

namespace understudy::app {
namespace {

std::string standard_input() {
  if (::isatty(STDIN_FILENO) == 1) {
    print_error("Paste the error or its encoded message, then press Enter and Ctrl-D:\n");
  }
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

}  // namespace

std::string_view DecodeCommand::purpose() const { return "decode the encoded message of an authorization failure"; }

std::string_view DecodeCommand::lesson() const {
  return R"(EC2 and others say in an encoded message why they refuse. STS decodes it for a role that may call
sts:DecodeAuthorizationMessage in the account of the refusal:
  understudy decode 4y3dJq.. --role admin
  aws ec2 run-instances .. 2>&1 | understudy decode --role admin    finds the message in the whole error
Exit status: 0 where it was decoded, 1 where STS refuses, 2 where there is no message.)";
}

void DecodeCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  add_role(app, "--role", role);
  app.add_option("message", message, "the message, or the error that holds it (default, or -: standard input)")
      ->type_name("MESSAGE");
}

int DecodeCommand::run(const Environment& environment) {
  const auto encoded = aws::find_encoded_message(message.empty() || message == "-" ? standard_input() : message);
  if (!encoded) {
    complain(encoded.error().message);
    return kUsage;
  }
  int status = kSuccess;
  const auto one = OneRole::open(config, role, environment, status);
  if (!one) {
    return status;
  }
  const auto credentials = one->credentials();
  if (!credentials) {
    return kFailure;
  }
  const auto answer = one->ask_sts(aws::DecodeAuthorizationMessage{*encoded}, *credentials);
  if (!answer) {
    complain(answer.error());
    return kFailure;
  }
  return print_out(aws::indent_decoded_message(answer->decoded_message) + "\n") ? kSuccess : kFailure;
}

}  // namespace understudy::app
