#include "understudy/app/ready.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/app/doctor.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

std::string imds_hint(const config::Config& config, const Addresses& addresses) {
  const auto url = url_of(addresses, "imds");
  if (url.empty() || config.imds.role.empty() || !config.imds.is_enabled) {
    return {};
  }
  return fmt::format("  export AWS_EC2_METADATA_SERVICE_ENDPOINT={}/    # role {}\n", url, config.imds.role);
}

std::string containers_hint(const config::Config& config, const Addresses& addresses) {
  const auto url = url_of(addresses, "containers");
  std::string out;
  for (const auto& entry : config.containers.credentials) {
    if (url.empty()) {
      break;
    }
    out += fmt::format("  export AWS_CONTAINER_CREDENTIALS_FULL_URI={}    # role {}\n",
                       shell_word(url + entry.path.value_or("/v2/credentials/" + entry.id)), entry.role);
    if (entry.token_file) {
      out += fmt::format("  export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={}\n", shell_word(*entry.token_file));
    }
  }
  return out;
}

}  // namespace

std::string url_of(const Addresses& addresses, std::string_view listener) {
  const auto found = std::ranges::find(addresses, listener, &http::BoundAddress::name);
  if (found == addresses.end() || ListenAddress{found->address}.is_unix()) {
    return {};
  }
  const auto reachable = ListenAddress{found->address, found->port}.reachable();
  // A client takes the certificate for the name alone that it calls.
  return found->tls_name.empty() ? "http://" + reachable.to_string()
                                 : "https://" + ListenAddress{found->tls_name, found->port}.to_string();
}

std::string ready_json(const Addresses& addresses, long pid) {
  std::string out = R"({"listeners": {)";
  for (const auto& bound : addresses) {
    out += &bound == addresses.data() ? "" : ", ";
    out += json_string(bound.name) + ": " + json_string(ListenAddress{bound.address, bound.port}.to_string());
  }
  return out + fmt::format("}}, \"pid\": {}}}\n", pid);
}

std::string status_line(const Addresses& addresses) {
  std::string out;
  for (const auto& bound : addresses) {
    out += fmt::format("{}{} on {}", out.empty() ? "serving " : ", ", bound.name,
                       ListenAddress{bound.address, bound.port}.to_string());
  }
  return out.empty() ? "serving nothing" : out;
}

std::string ready_text(const config::Config& config, const Addresses& addresses) {
  std::string out = "understudy " UNDERSTUDY_VERSION " is ready\n";
  for (const auto& bound : addresses) {
    const ListenAddress address{bound.address, bound.port};
    const auto* const scheme = bound.tls_name.empty() ? "http://" : "https://";
    out += fmt::format("  {:<12} {}{}\n", bound.name, address.is_unix() ? "" : scheme, address.to_string());
  }
  const auto hints = imds_hint(config, addresses) + containers_hint(config, addresses);
  if (hints.empty()) {
    return out;
  }
  out += "\nIn a second shell, one of:\n" + hints;
  if (const auto sts = url_of(addresses, "sts"); !sts.empty()) {
    const auto region = config.region.empty() ? std::string(aws::kFallbackRegion) : config.region;
    // botocore reads only the second of the two, other SDKs only the first.
    out += fmt::format(
        "and, as this STS is not AWS's:\n  export AWS_ENDPOINT_URL_STS={} AWS_REGION={} AWS_DEFAULT_REGION={}\n", sts,
        region, region);
  }
  if (const auto authority = own_authority(config)) {
    out += fmt::format("and, so that the SDK trusts {}, what this says: understudy tls-ca {}\n", authority->string(),
                       shell_word(authority->parent_path().string()));
  }
  return out + "then: aws sts get-caller-identity    (it shows somebody else? understudy doctor)\n";
}

}  // namespace understudy::app
