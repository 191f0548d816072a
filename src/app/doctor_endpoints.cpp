#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "understudy/app/doctor.hpp"
#include "understudy/app/exec.hpp"
#include "understudy/app/tls_ca_command.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/url.hpp"
#include "understudy/http/proxy.hpp"

/// The two endpoints: what the environment says of them, and what they answer.
namespace understudy::app {
namespace {

using State = Step::State;
using std::chrono::milliseconds;

const CallLimits kProbe{.connect = milliseconds(1000), .total = milliseconds(2000), .max_body = 64 * 1024};

bool is_loopback(std::string_view host) {
  const bool is_address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (is_address && host.starts_with("127."));
}

/// Hosts that SDKs send plain http to (their common list).
bool is_allowed_over_http(std::string_view host) {
  return is_loopback(host) || host == "169.254.170.2" || host == "169.254.170.23" || host == "fd00:ec2::23";
}

/// A machine or container of AWS's has the real endpoint at the link-local addresses.
bool is_awss_own(const DoctorView& view, std::string_view host) {
  if (!host.starts_with("169.254.") && !host.starts_with("fd00:ec2:")) {
    return false;
  }
  const auto runs_on = view.environment.get("AWS_EXECUTION_ENV").value_or("");
  const auto vendor = view.read("/sys/class/dmi/id/sys_vendor");
  return runs_on.starts_with("AWS_ECS") || (vendor && trim(*vendor) == "Amazon EC2");
}

/// Some clients send even metadata requests through a proxy.
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
  step.state = State::kBroken;
  step.remedy_mends = true;
  step.why += fmt::format("; {} is set and NO_PROXY does not name {}, so the AWS CLI and boto3 ask the proxy",
                          is_https ? "HTTPS_PROXY" : "HTTP_PROXY", endpoint.host);
  step.remedy.push_back(
      fmt::format("export NO_PROXY={0} no_proxy={0}", shell_word(extended_no_proxy(no_proxy, {endpoint.host}))));
}

Step& broken(Step& step, std::string why, std::vector<std::string> remedy) {
  step.state = State::kBroken;
  step.why = std::move(why);
  step.remedy = std::move(remedy);
  return step;
}

Step& mendable(Step& step, std::string why, std::string remedy) {
  broken(step, std::move(why), {std::move(remedy)}).remedy_mends = true;
  return step;
}

/// For a client that has no more of the server than its address. Which line is the right one hangs on the SDK.
Step& untrusted(Step& step, std::string_view reason) {
  broken(step, fmt::format("{}, by what this machine or SSL_CERT_FILE trusts", reason), {});
  step.remedy_mends = true;
  step.remedy.emplace_back("# The host has to be a name of the server's certificate (containers.tls.names there).");
  step.remedy.emplace_back("# Copy the ca.pem of its authority here, and trust it by one of these:");
  const auto ways = trust_ways("ca.pem");
  for (const auto line : split(std::string_view(ways).substr(0, ways.size() - 1), '\n')) {
    step.remedy.push_back(fmt::format("# {}", line));
  }
  return step;
}

/// A text of the answer's JSON object, made fit to be shown; empty where there is none.
std::string text_in(const Response& response, const char* key) {
  const auto document = parse_json(response.body.view());
  if (!document.is_object()) {
    return {};
  }
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? escape_for_log(found->get_ref<const std::string&>()) : "";
}

/// The authorization token as most clients choose it, the file before the value; what is wrong with it goes to `step`.
std::string authorization(const DoctorView& view, Step& step) {
  const auto value = view.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const auto file = view.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file) {
    return std::string(value.value_or(""));
  }
  const auto text = view.read(std::string(*file));
  if (!text) {
    broken(step, fmt::format("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {}", text.error().message),
           {"unset AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"});
    return {};
  }
  if (trim(*text) != *text) {
    const auto word = shell_word(*file);
    mendable(step,
             fmt::format("{} begins or ends with white space or a newline, which many clients send along or refuse",
                         escape_for_log(*file)),
             fmt::format("printf %s \"$(cat {})\" > {}", word, word));
  } else if (value && *value != *text) {
    mendable(
        step,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN and the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE differ: Java takes "
        "the first, other clients the second",
        "unset AWS_CONTAINER_AUTHORIZATION_TOKEN");
  }
  return std::string(trim(*text));
}

/// Where the two variables lead. RELATIVE wins where both are set, and in botocore even where it is empty.
std::optional<Url> container_url(const DoctorView& view, Step& step) {
  const auto& all = view.environment.all();
  const auto relative = all.find("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = view.environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative != all.end() && relative->second.empty() && full) {
    broken(step,
           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set and empty, which the AWS CLI and boto3 prefer all the same",
           {"unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"});
    return std::nullopt;
  }
  const bool use_relative = relative != all.end() && !relative->second.empty();
  if (!use_relative && !full) {
    return std::nullopt;
  }
  const auto text = use_relative ? "http://169.254.170.2" + relative->second : std::string(*full);
  const auto url = parse_url(text);
  if (!url) {
    broken(step, url.error().message,
           {"unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI"});
    return std::nullopt;
  }
  if (url->scheme == "http" && !is_allowed_over_http(url->host)) {
    broken(step,
           fmt::format("SDKs refuse plain http to {}: only loopback addresses, 169.254.170.2 and 169.254.170.23; by "
                       "https (containers.tls) they take any host",
                       escape_for_log(url->host)),
           {"unset AWS_CONTAINER_CREDENTIALS_FULL_URI"});
    return std::nullopt;
  }
  if (use_relative && full) {
    step.why = "; AWS_CONTAINER_CREDENTIALS_RELATIVE_URI wins over AWS_CONTAINER_CREDENTIALS_FULL_URI";
  }
  return *url;
}

Request request_to(const Url& url, std::string method, std::string target) {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.set("Host", url.authority());
  return request;
}

Step judge_container_answer(const DoctorView& view, const Url& url, const Result<Response>& answer,
                            const std::string& note, Step probe) {
  const std::string unset = "unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI";
  if (!answer && answer.error().code == "TlsError") {
    return untrusted(probe, answer.error().message + note);
  }
  if (!answer) {
    return broken(probe, fmt::format("{} does not answer ({}){}", url.to_string(), answer.error().message, note),
                  std::vector(1, unset));
  }
  if (answer->status != 200) {
    const auto reason = text_in(*answer, "message");
    return broken(
        probe,
        fmt::format("{} answers {}{}{}{}", url.to_string(), answer->status, reason.empty() ? "" : ": ", reason, note),
        url.to_string() == view.credentials_url ? std::vector<std::string>() : std::vector(1, unset));
  }
  const auto role = text_in(*answer, "RoleArn");
  probe.state = State::kTakes;
  probe.why = fmt::format("{} gives {}{}", url.to_string(), role.empty() ? "credentials" : role, note);
  if (!probe.ours) {
    probe.remedy = {unset};
  }
  check_proxy(view, url, probe);
  return probe;
}

}  // namespace

Step check_container_endpoint(const DoctorView& view) {
  Step step{.provider = "container endpoint",
            .why = "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"};
  auto probe = Step{.provider = step.provider, .why = ""};
  const auto url = container_url(view, probe);
  if (!url) {
    return probe.state == State::kBroken ? probe : step;
  }
  const auto note = std::exchange(probe.why, "");
  probe.ours = !is_awss_own(view, url->host);
  auto request = request_to(*url, "GET", url->target);
  const auto token = authorization(view, probe);
  if (probe.state == State::kBroken) {
    return probe;
  }
  if (!token.empty()) {
    request.headers.set("Authorization", token);
  }
  return judge_container_answer(view, *url, view.http.send(*url, request, kProbe), note, std::move(probe));
}

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
  auto put = request_to(*url, "PUT", "/latest/api/token");
  put.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "60");
  const auto token = view.http.send(*url, put, kProbe);
  if (!token || token->status != 200) {
    step.why = token ? fmt::format("{} answers {} to the request for a token", url->to_string(), token->status)
                     : fmt::format("{} does not answer", url->to_string());
    step.ours = false;
    return step;
  }
  auto get = request_to(*url, "GET", "/latest/meta-data/iam/security-credentials/");
  get.headers.set("X-aws-ec2-metadata-token", token->body.view());
  const auto role = view.http.send(*url, get, kProbe);
  if (!role || role->status != 200) {
    step.why = fmt::format("{} has no role", url->to_string());
    return step;
  }
  step.state = State::kTakes;
  step.why = fmt::format("{} gives the role {}", url->to_string(), escape_for_log(trim(role->body.view()), 80));
  if (!step.ours) {
    step.remedy = {"export AWS_EC2_METADATA_DISABLED=true"};
  }
  check_proxy(view, *url, step);
  return step;
}

bool answers(const DoctorView& view, std::string_view url_text) {
  const auto url = parse_url(url_text);
  return url && view.http.send(*url, request_to(*url, "GET", url->target), kProbe).has_value();
}

}  // namespace understudy::app
