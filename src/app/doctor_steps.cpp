#include "doctor_steps.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/app/exec.hpp"
#include "understudy/base/text.hpp"
#include "understudy/http/proxy.hpp"

namespace understudy::app {

bool is_awss_own(const DoctorView& view, std::string_view host) {
  if (!host.starts_with("169.254.") && !host.starts_with("fd00:ec2:")) {
    return false;
  }
  const auto runs_on = view.environment.get("AWS_EXECUTION_ENV").value_or("");
  const auto vendor = view.read("/sys/class/dmi/id/sys_vendor");
  return runs_on.starts_with("AWS_ECS") || (vendor && trim(*vendor) == "Amazon EC2");
}

void check_proxy(const DoctorView& view, const Url& endpoint, Step& step) {
  const auto& environment = view.environment;
  const auto either = [&](std::string_view lower, std::string_view upper) {
    return environment.get(lower).value_or(environment.get(upper).value_or(""));
  };
  const auto no_proxy = either("no_proxy", "NO_PROXY");
  const bool is_https = endpoint.scheme == "https";
  const auto proxy = is_https ? either("https_proxy", "HTTPS_PROXY") : either("http_proxy", "HTTP_PROXY");
  if (proxy.empty() || http::bypasses_proxy(no_proxy, endpoint)) {
    return;
  }
  step.state = Step::State::kBroken;
  step.remedy_mends = true;
  step.why += fmt::format("; {} is set and NO_PROXY does not name {}, so the AWS CLI and boto3 ask the proxy",
                          is_https ? "HTTPS_PROXY" : "HTTP_PROXY", endpoint.host);
  step.remedy.push_back(
      fmt::format("export NO_PROXY={0} no_proxy={0}", shell_word(extended_no_proxy(no_proxy, {endpoint.host}))));
}

Step& broken(Step& step, std::string why, std::vector<std::string> remedy) {
  step.state = Step::State::kBroken;
  step.why = std::move(why);
  step.remedy = std::move(remedy);
  return step;
}

}  // namespace understudy::app
