#include "understudy/app/eks_token_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/commands.hpp"
#include "understudy/app/one_role.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/aws/eks_token.hpp"

namespace understudy::app {

std::string_view EksTokenCommand::purpose() const { return "print a token for an EKS cluster, as kubectl takes it"; }

std::string_view EksTokenCommand::lesson() const {
  return R"(It stands where aws eks get-token stands, in a user of the kubeconfig:
  users:
  - name: demo
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1beta1
        command: understudy
        args: [eks-token, --cluster, demo, --role, app, --region, eu-west-1, --config, /etc/understudy.yaml]
        interactiveMode: IfAvailable
The role needs an access entry (or a line in aws-auth) in the cluster, and the region is the cluster's. The token is a
presigned call of STS: it tells the cluster who the role is for a quarter of an hour, and is as secret as that.)";
}

void EksTokenCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  add_role(app, "--role", role);
  app.add_option("--cluster,--cluster-name", cluster, "the cluster's name, or its id on an Outpost")
      ->type_name("NAME")
      ->required()
      ->check([](const std::string& name) {
        return aws::is_cluster_name(name)
                   ? ""
                   : "--cluster: expected a cluster's name of at most 100 letters, digits, - and _";
      });
}

std::string_view EksTokenCommand::what_is_missing() const {
  return "eks-token needs the cluster that the token is for: understudy eks-token --cluster NAME";
}

int EksTokenCommand::run(const Environment& environment) {
  int status = kSuccess;
  const auto one = OneRole::open(config, role, environment, status);
  if (!one) {
    return status;
  }
  // Before the credentials are fetched: where there is no endpoint they would be fetched for nothing.
  const auto endpoint = one->sts_endpoint();
  if (!endpoint) {
    complain(endpoint.error().message);
    return kFailure;
  }
  const auto credentials = one->credentials();
  if (!credentials) {
    return kFailure;
  }
  const auto token = aws::make_eks_token(*endpoint, *credentials, cluster, SystemClock().wall());
  if (const auto size = token.token.reveal().size(); size > aws::kLongestEksToken) {
    complain(
        fmt::format("the token has {} bytes, and a cluster takes {}: the role's session token is too long, so give "
                    "it fewer tags and policies",
                    size, aws::kLongestEksToken));
  }
  const auto version = aws::exec_credential_version(environment.get("KUBERNETES_EXEC_INFO"));
  if (!version.warning.empty()) {
    complain(std::string(version.warning));
  }
  return print_out(aws::render_exec_credential(token, version.api_version) + "\n") ? kSuccess : kFailure;
}

}  // namespace understudy::app
