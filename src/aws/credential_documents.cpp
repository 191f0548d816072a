#include "understudy/aws/credential_documents.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

struct Field {
  std::string_view key;
  std::optional<std::string_view> value;  ///< Absent: the field is left out. REQUIRES: not in the first one.
};

/// How a peer spaces its JSON.
struct Layout {
  std::string_view open;
  std::string_view before_key;
  std::string_view colon;
  std::string_view between;
  std::string_view close;
};

constexpr Layout kImds{"{\n", "  ", " : ", ",\n", "\n}"};
constexpr Layout kCompact{"{", "", ":", ",", "}"};

std::string render(const Layout& layout, std::initializer_list<Field> fields) {
  // Reserved at once, so that growing leaves no copies of a secret behind.
  std::size_t size = 64;
  for (const auto& field : fields) {
    size += 2 * field.value.value_or("").size() + field.key.size() + 16;
  }
  std::string out;
  out.reserve(size);
  out += layout.open;
  for (const auto& field : fields) {
    if (!field.value) {
      continue;
    }
    if (&field != fields.begin()) {
      out += layout.between;
    }
    out += layout.before_key;
    append_json_string(out, field.key);
    out += layout.colon;
    append_json_string(out, *field.value);
  }
  out += layout.close;
  return out;
}

std::shared_ptr<const std::string> share_wiped(std::string text) {
  return {new std::string(std::move(text)), [](std::string* body) {
            wipe(*body);
            delete body;
          }};
}

std::string render_imds(const Credentials& credentials, std::optional<std::string_view> account_id) {
  return render(kImds, {{"Code", "Success"},
                        {"LastUpdated", format_iso8601(credentials.obtained)},
                        {"Type", "AWS-HMAC"},
                        {"AccessKeyId", credentials.access_key_id},
                        {"SecretAccessKey", credentials.secret_access_key.reveal()},
                        {"Token", credentials.session_token.value().reveal()},
                        {"Expiration", format_iso8601(credentials.expiration.value())},
                        {"AccountId", account_id}});
}

}  // namespace

std::string render_imds_document(const Credentials& credentials) { return render_imds(credentials, std::nullopt); }

std::string render_imds_extended_document(const Credentials& credentials) {
  const auto& account = credentials.account_id;
  return render_imds(credentials, account.empty() ? std::nullopt : std::optional<std::string_view>(account));
}

std::string render_ecs_document(const Credentials& credentials) {
  return render(kCompact, {{"RoleArn", credentials.role_arn},
                           {"AccessKeyId", credentials.access_key_id},
                           {"SecretAccessKey", credentials.secret_access_key.reveal()},
                           {"Token", credentials.session_token.value().reveal()},
                           {"Expiration", format_iso8601(credentials.expiration.value())}});
}

std::string render_pod_identity_document(const Credentials& credentials) {
  return render(kCompact, {{"AccessKeyId", credentials.access_key_id},
                           {"SecretAccessKey", credentials.secret_access_key.reveal()},
                           {"Token", credentials.session_token.value().reveal()},
                           {"AccountId", credentials.account_id},
                           {"Expiration", format_iso8601(credentials.expiration.value())}});
}

std::string render_process_document(const Credentials& credentials) {
  std::string out = R"({"Version":1,)";
  const auto member = [&](std::string_view key, std::string_view value) {
    append_json_string(out, key);
    out += ':';
    append_json_string(out, value);
    out += ',';
  };
  member("AccessKeyId", credentials.access_key_id);
  member("SecretAccessKey", credentials.secret_access_key.reveal());
  if (credentials.session_token) {
    member("SessionToken", credentials.session_token->reveal());
  }
  if (credentials.expiration) {
    member("Expiration", format_iso8601(*credentials.expiration));
  }
  if (!credentials.account_id.empty()) {
    member("AccountId", credentials.account_id);
  }
  out.back() = '}';
  return out;
}

CredentialDocuments render_documents(const Credentials& credentials) {
  return {share_wiped(render_imds_document(credentials)), share_wiped(render_imds_extended_document(credentials)),
          share_wiped(render_ecs_document(credentials)), share_wiped(render_pod_identity_document(credentials))};
}

}  // namespace understudy::aws
