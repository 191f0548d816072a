#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "doctor_steps.hpp"
#include "understudy/app/doctor.hpp"
#include "understudy/app/local_client.hpp"
#include "understudy/app/tls_ca_command.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/url.hpp"
#include "understudy/source/container_endpoint.hpp"

/// The endpoint for containers: what the environment says of it, and what it answers.
namespace understudy::app {
namespace {

using State = Step::State;

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
  if (url->scheme == "http" && !source::is_asked_over_http(url->host)) {
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

/// Of an entry whose server wants another token than it got.
Step& without_its_token(const DoctorView& view, const Served::Credentials& entry, std::string why, Step& step) {
  const bool is_sent = view.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") == entry.token_file;
  if (is_sent) {
    return mendable(step, std::move(why),
                    fmt::format("# The server has another token than {}: it reads the file anew by SIGHUP.",
                                escape_for_log(entry.token_file)));
  }
  mendable(step, std::move(why), "export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + shell_word(entry.token_file));
  if (view.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
    step.remedy.emplace_back("unset AWS_CONTAINER_AUTHORIZATION_TOKEN");
  }
  return step;
}

/// These two are how a server says that it has no such path.
bool says_no_such_path(const Response& response) { return response.status == 404 || response.status == 400; }

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
    auto why =
        fmt::format("{} answers {}{}{}{}", url.to_string(), answer->status, reason.empty() ? "" : ": ", reason, note);
    const auto* const entry = entry_at(view.served, url);
    if (entry == nullptr || says_no_such_path(*answer)) {
      return broken(probe, std::move(why), {unset});
    }
    if (answer->status == 401 && !entry->token_file.empty()) {
      return without_its_token(view, *entry, std::move(why), probe);
    }
    return mendable(probe, std::move(why), "# The fault is the server's; more says: understudy status");
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
  return judge_container_answer(view, *url, view.http.send(*url, request, probe_limits()), note, std::move(probe));
}

Presence presence_at(const DoctorView& view, std::string_view credentials_url) {
  const auto url = parse_url(credentials_url);
  const auto answer = url ? view.http.send(*url, request_to(*url, "GET", url->target), probe_limits()) : url.error();
  if (!answer) {
    return Presence::kSilent;
  }
  return says_no_such_path(*answer) ? Presence::kOther : Presence::kServed;
}

}  // namespace understudy::app
