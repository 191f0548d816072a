#include "understudy/app/exec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/text.hpp"
#include "understudy/base/url.hpp"

namespace understudy::app {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

void remove_unwanted(Variables& variables) {
  std::erase_if(variables, [](const auto& variable) {
    return variable.first.starts_with("AWS_CONTAINER_") || variable.first.starts_with("UNDERSTUDY_ROLES_") ||
           std::ranges::find(kVariablesThatWin, variable.first) != kVariablesThatWin.end();
  });
}

void bypass_proxies(Variables& variables, const Environment& environment, const ExecEndpoints& endpoints) {
  std::vector<std::string> hosts{"127.0.0.1", "localhost"};
  for (const auto& text : {endpoints.credentials_url, endpoints.imds_url, endpoints.sts_url}) {
    if (const auto url = parse_url(text)) {
      hosts.push_back(url->host);
    }
  }
  // Some clients read one spelling, some the other, and some the first that is there.
  const auto lower = environment.get("no_proxy").value_or("");
  const auto upper = environment.get("NO_PROXY").value_or(lower);
  variables["NO_PROXY"] = extended_no_proxy(upper, hosts);
  variables["no_proxy"] = extended_no_proxy(lower.empty() ? upper : lower, hosts);
}

}  // namespace

Variables child_environment(const Environment& environment, const ExecEndpoints& endpoints) {
  auto variables = environment.all();
  remove_unwanted(variables);
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = endpoints.credentials_url;
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = endpoints.token.reveal();
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = endpoints.token_file;
  variables["AWS_CONFIG_FILE"] = endpoints.shared_file;
  variables["AWS_SHARED_CREDENTIALS_FILE"] = endpoints.shared_file;
  // boto3 looks into boto 2's files before it asks an endpoint.
  variables["BOTO_CONFIG"] = endpoints.shared_file;
  variables.erase("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (!endpoints.imds_url.empty()) {
    // The slash: old releases put the path straight behind the value.
    variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = endpoints.imds_url + "/";
  }
  if (!endpoints.region.empty()) {
    variables["AWS_REGION"] = endpoints.region;
    variables["AWS_DEFAULT_REGION"] = endpoints.region;
  }
  if (!endpoints.sts_url.empty()) {
    variables["AWS_ENDPOINT_URL_STS"] = endpoints.sts_url;
    variables.erase("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  }
  bypass_proxies(variables, environment, endpoints);
  return variables;
}

std::string shared_file_text(std::string_view region) {
  return region.empty() ? "[default]\n" : fmt::format("[default]\nregion = {}\n", region);
}

std::string extended_no_proxy(std::string_view existing, const std::vector<std::string>& hosts) {
  std::string out(trim(existing));
  if (out == "*") {
    return out;
  }
  for (const auto& host : hosts) {
    const auto entries = split(out, ',');
    if (std::ranges::none_of(entries, [&](std::string_view entry) { return trim(entry) == host; })) {
      out += (out.empty() ? "" : ",") + host;
    }
  }
  return out;
}

}  // namespace understudy::app
