#include "understudy/service/sts_settings.hpp"

#include <algorithm>

#include "understudy/aws/arn.hpp"
#include "understudy/base/ascii.hpp"

namespace understudy::service {
namespace {

void read_endpoint(Fields& fields, StsSettings& settings) {
  const auto text = fields.text("endpoint");
  settings.embedded = text == "embedded";
  if (!text || settings.embedded) {
    return;
  }
  if (auto url = parse_url(*text)) {
    settings.endpoint = *std::move(url);
  } else {
    fields.problem("endpoint", "expected \"embedded\" or a URL: " + url.error().message);
  }
}

StsUser read_user(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  StsUser user;
  user.name = fields.required_text("name");
  user.access_key_id = fields.required_text("access_key_id");
  user.secret_access_key = Secret(fields.required_text("secret_access_key"));
  user.account = fields.text("account").value_or("");
  if (!user.name.empty() && (!is_word(user.name, "_+=,.@-") || user.name.size() > 64)) {
    fields.problem("name", "expected 1 to 64 letters, digits or _+=,.@-");
  }
  const auto& id = user.access_key_id;
  if (!id.empty() && (!is_word(id, "_") || id.size() < 16 || id.size() > 128)) {
    fields.problem("access_key_id", "expected 16 to 128 letters and digits, such as AKIAIOSFODNN7EXAMPLE");
  }
  if (!user.account.empty() && !aws::is_account_id(user.account)) {
    fields.problem("account", "expected an account id of 12 digits, in quotes where it begins with 0");
  }
  fields.finish();
  return user;
}

void read_users(const Node* list, StsSettings& settings, Fields& fields, std::vector<Problem>& problems) {
  if (list == nullptr || list->kind == Node::Kind::kNull) {
    return;
  }
  if (list->kind != Node::Kind::kList) {
    fields.problem("users", "expected a list of {name, access_key_id, secret_access_key, account}");
    return;
  }
  for (const auto& item : list->items) {
    auto user = read_user(item, problems);
    const bool known = !user.access_key_id.empty() &&
                       std::ranges::count(settings.users, user.access_key_id, &StsUser::access_key_id) > 0;
    if (known) {
      problems.push_back({item.path, item.line, "this access_key_id belongs to another user above"});
    }
    settings.users.push_back(std::move(user));
  }
}

TrustRule read_rule(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  TrustRule rule;
  rule.principals = fields.texts("principals");
  rule.external_id = fields.text("external_id").value_or("");
  rule.mfa_serial = fields.text("mfa_serial").value_or("");
  rule.max_duration = fields.duration("max_duration").value_or(rule.max_duration);
  if (rule.max_duration < std::chrono::minutes(15) || rule.max_duration > std::chrono::hours(12)) {
    fields.problem("max_duration", "expected 15m to 12h");
  }
  for (const auto& principal : rule.principals) {
    const bool understood = principal == "*" || aws::is_account_id(principal) || principal.starts_with("https://") ||
                            aws::parse_arn(principal).has_value();
    if (!understood) {
      fields.problem("principals", "expected ARNs, account ids of 12 digits, issuers (https://..) or \"*\", found \"" +
                                       principal + "\"");
    }
  }
  fields.finish();
  return rule;
}

void read_trust(const Node* table, StsSettings& settings, Fields& fields, std::vector<Problem>& problems) {
  if (table == nullptr || table->kind == Node::Kind::kNull) {
    return;
  }
  if (table->kind != Node::Kind::kMap) {
    fields.problem("trust", "expected a map from role ARNs to {principals, external_id, mfa_serial, max_duration}");
    return;
  }
  for (const auto& [arn, node] : table->members) {
    if (const auto role = aws::parse_role_arn(arn); !role) {
      problems.push_back({node.path, node.line, role.error().message});
    }
    settings.trust.emplace(arn, read_rule(node, problems));
  }
}

}  // namespace

StsSettings read_sts_settings(const Node& section, std::vector<Problem>& problems) {
  Fields fields(section, problems);
  StsSettings settings;
  read_endpoint(fields, settings);
  settings.region = fields.text("region").value_or("");
  settings.seal_key_file = fields.text("seal_key_file").value_or("");
  read_users(fields.node("users"), settings, fields, problems);
  read_trust(fields.node("trust"), settings, fields, problems);
  fields.finish();
  return settings;
}

}  // namespace understudy::service
