#include "understudy/service/pod_identity_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "understudy/base/ascii.hpp"
#include "understudy/base/own_address.hpp"

namespace understudy::service {
namespace {

/// What Kubernetes takes for names of namespaces and service accounts (RFC 1123 subdomains).
bool is_kubernetes_name(std::string_view text) {
  constexpr std::size_t kLongest = 253;
  return text.size() <= kLongest && is_lower_word(text, "-.");
}

std::string read_name(Fields& fields, std::string_view key, std::string_view example) {
  auto name = fields.required_text(key);
  if (!name.empty() && !is_kubernetes_name(name)) {
    fields.problem(key, fmt::format("expected a name as Kubernetes has them: lower-case letters, digits, - and ., such "
                                    "as {}",
                                    example));
  }
  return name;
}

PodIdentityAssociation read_association(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  PodIdentityAssociation association;
  association.name_space = read_name(fields, "namespace", "default");
  association.account = read_name(fields, "service_account", "app");
  association.role = fields.required_text("role");
  fields.finish();
  return association;
}

void read_associations(const Node& list, Fields& fields, PodIdentitySettings& settings,
                       std::vector<Problem>& problems) {
  if (list.kind != Node::Kind::kList) {
    fields.problem("associations", "expected a list: [{namespace: default, service_account: app, role: app}]");
    return;
  }
  for (const auto& item : list.items) {
    auto added = read_association(item, problems);
    const bool taken = std::ranges::any_of(settings.associations, [&](const auto& other) {
      return other.name_space == added.name_space && other.account == added.account;
    });
    if (taken) {
      Fields(item, problems)
          .problem("service_account",
                   fmt::format("another association has {}/{} already", added.name_space, added.account));
    }
    settings.associations.push_back(std::move(added));
  }
}

std::optional<Url> read_url(Fields& fields) {
  const auto text = fields.text("jwks_url");
  if (!text) {
    return std::nullopt;
  }
  const auto url = parse_url(*text);
  if (!url) {
    fields.problem("jwks_url", url.error().message);
    return std::nullopt;
  }
  if (url->scheme != "https" && url->host != "localhost" && !is_loopback(url->host)) {
    fields.problem("jwks_url",
                   "expected https: whoever can change these keys on their way can be every service account");
    return std::nullopt;
  }
  return *url;
}

}  // namespace

PodIdentitySettings read_pod_identity_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  PodIdentitySettings settings;
  if (const Node* const associations = fields.node("associations")) {
    read_associations(*associations, fields, settings, problems);
  }
  settings.host_check = fields.flag("host_check").value_or(settings.host_check);
  settings.audience = fields.text("audience").value_or(settings.audience);
  if (settings.audience.empty()) {
    fields.problem("audience", "expected what the tokens are for, such as pods.eks.amazonaws.com");
  }
  settings.jwks_file = fields.text("jwks_file").value_or("");
  settings.jwks_url = read_url(fields);
  if (!settings.jwks_file.empty() && settings.jwks_url) {
    fields.problem("jwks_url", "expected one of the two, and jwks_file is there");
  }
  settings.tls = read_tls_settings(fields, problems);
  fields.finish();
  return settings;
}

}  // namespace understudy::service
