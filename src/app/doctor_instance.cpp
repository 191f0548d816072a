#include <fmt/format.h>

#include <string>
#include <utility>

#include "doctor_steps.hpp"
#include "understudy/app/local_client.hpp"
#include "understudy/base/text.hpp"

/// The instance endpoint: what the environment says of it, and what it answers.
namespace understudy::app {
namespace {

/// Its name, as a client asks for it. The error's message is what the chain says of the endpoint.
Result<std::string> instance_role(const DoctorView& view, const Url& url) {
  const auto absent = [](std::string why) { return Error{Error::Kind::kUnavailable, "NoRole", std::move(why)}; };
  auto put = request_to(url, "PUT", "/latest/api/token");
  put.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "60");
  const auto token = view.http.send(url, put, probe_limits());
  if (!token || token->status != 200) {
    return absent(token ? fmt::format("{} answers {} to the request for a token", url.to_string(), token->status)
                        : fmt::format("{} does not answer", url.to_string()));
  }
  auto get = request_to(url, "GET", "/latest/meta-data/iam/security-credentials/");
  get.headers.set("X-aws-ec2-metadata-token", token->body.view());
  const auto role = view.http.send(url, get, probe_limits());
  if (!role || role->status != 200) {
    return absent(fmt::format("{} has no role", url.to_string()));
  }
  return std::string(trim(role->body.view()));
}

}  // namespace

Step check_instance_endpoint(const DoctorView& view) {
  Step step{.provider = "instance endpoint", .why = ""};
  const auto& environment = view.environment;
  if (equal_ignoring_case(environment.get("AWS_EC2_METADATA_DISABLED").value_or(""), "true")) {
    step.why = "AWS_EC2_METADATA_DISABLED is true";
    return step;
  }
  const auto named = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  const auto url = parse_url(named.value_or("http://169.254.169.254"));
  if (!url) {
    return broken(step, url.error().message, {"unset AWS_EC2_METADATA_SERVICE_ENDPOINT"});
  }
  step.ours = !is_awss_own(view, url->host);
  const auto role = instance_role(view, *url);
  if (!role) {
    step.why = role.error().message;
    return step;
  }
  step.state = Step::State::kTakes;
  step.why = fmt::format("{} gives the role {}", url->to_string(), escape_for_log(*role, 80));
  if (!step.ours) {
    step.remedy = {"export AWS_EC2_METADATA_DISABLED=true"};
  }
  check_proxy(view, *url, step);
  return step;
}

bool has_role_at(const DoctorView& view, std::string_view instance_url) {
  const auto url = parse_url(instance_url);
  return url && instance_role(view, *url);
}

}  // namespace understudy::app
