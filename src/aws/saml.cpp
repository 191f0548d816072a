#include "understudy/aws/saml.hpp"

#include <pugixml.hpp>

#include <algorithm>

#include "identity_token.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "xml.hpp"

namespace understudy::aws {
namespace {

std::optional<std::string> decode(std::string_view text) {
  std::string dense(text);
  std::erase_if(dense, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  return unbase64(dense);
}

std::string subject_type(const pugi::xml_node& name_id) {
  constexpr std::string_view kShortened = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
  // What holds where none is said (SAML 2.0 core, section 2.2.2).
  constexpr std::string_view kNone = "urn:oasis:names:tc:SAML:1.0:nameid-format:unspecified";
  std::string_view format = name_id.attribute("Format").value();
  if (format.starts_with(kShortened)) {
    format.remove_prefix(kShortened.size());
  }
  return std::string(format.empty() ? kNone : format);
}

/// The texts of the attribute `https://aws.amazon.com/SAML/Attributes/<name>`.
std::vector<std::string> attribute_values(const pugi::xml_node& assertion, std::string_view name) {
  constexpr std::string_view kPrefix = "https://aws.amazon.com/SAML/Attributes/";
  std::vector<std::string> values;
  for (const auto& statement : assertion.children()) {
    if (xml::local_name(statement) != "AttributeStatement") {
      continue;
    }
    for (const auto& attribute : statement.children()) {
      const std::string_view full_name = attribute.attribute("Name").value();
      if (!full_name.starts_with(kPrefix) || full_name.substr(kPrefix.size()) != name) {
        continue;
      }
      for (const auto& value : attribute.children()) {
        if (xml::local_name(value) == "AttributeValue") {
          values.push_back(xml::text(value));
        }
      }
    }
  }
  return values;
}

/// `role ARN,provider ARN`, in either order.
std::vector<std::pair<std::string, std::string>> read_roles(const pugi::xml_node& assertion) {
  std::vector<std::pair<std::string, std::string>> roles;
  for (const auto& value : attribute_values(assertion, "Role")) {
    const auto parts = split(value, ',');
    if (parts.size() != 2) {
      continue;
    }
    std::string role(trim(parts[0]));
    std::string provider(trim(parts[1]));
    if (role.find(":saml-provider/") != role.npos) {
      std::swap(role, provider);
    }
    roles.emplace_back(std::move(role), std::move(provider));
  }
  return roles;
}

/// NotBefore and NotOnOrAfter of one element; both may be absent, neither may be unreadable.
Result<void> check_window(const pugi::xml_node& element, WallTime now) {
  for (const auto* name : {"NotBefore", "NotOnOrAfter"}) {
    const std::string_view text = element.attribute(name).value();
    const auto time = parse_iso8601(text);
    if (text.empty()) {
      continue;
    }
    if (!time) {
      return invalid_identity_token("A time in the SAML response can not be read.");
    }
    if (std::string_view(name) == "NotOnOrAfter" && now >= *time) {
      return Error{Error::Kind::kExpired, "ExpiredTokenException", "Response has expired"};
    }
    if (std::string_view(name) == "NotBefore" && now + kClockSkew < *time) {
      return invalid_identity_token("The SAML response is not valid yet.");
    }
  }
  return {};
}

SamlAssertion read_values(const pugi::xml_node& assertion, const pugi::xml_node& confirmation) {
  SamlAssertion out;
  const auto name_id = xml::child(xml::child(assertion, "Subject"), "NameID");
  out.issuer = xml::text(xml::child(assertion, "Issuer"));
  out.subject = xml::text(name_id);
  out.subject_type = subject_type(name_id);
  out.audience = confirmation.attribute("Recipient").value();
  if (out.audience.empty()) {
    const auto conditions = xml::child(assertion, "Conditions");
    out.audience = xml::text(xml::child(xml::child(conditions, "AudienceRestriction"), "Audience"));
  }
  if (const auto names = attribute_values(assertion, "RoleSessionName"); !names.empty()) {
    out.role_session_name = names.front();
  }
  if (const auto durations = attribute_values(assertion, "SessionDuration"); !durations.empty()) {
    if (const auto seconds = parse_decimal(durations.front()); seconds && *seconds <= 43200) {
      out.session_duration = std::chrono::seconds(static_cast<std::int32_t>(*seconds));
    }
  }
  out.roles = read_roles(assertion);
  return out;
}

std::string what_is_missing(const SamlAssertion& assertion) {
  return assertion.issuer.empty()              ? "Issuer"
         : assertion.subject.empty()           ? "NameID"
         : assertion.role_session_name.empty() ? "RoleSessionName"
         : assertion.roles.empty()             ? "Role"
                                               : "";
}

}  // namespace

Result<SamlAssertion> read_saml_assertion(std::string_view base64_text, WallTime now) {
  const auto text = decode(base64_text);
  if (!text) {
    return invalid_identity_token("Invalid base64 SAMLResponse");
  }
  pugi::xml_document document;
  if (!document.load_buffer(text->data(), text->size())) {
    return invalid_identity_token("The SAML response is not well-formed XML.");
  }
  const auto response = xml::child(document, "Response");
  const auto assertion = xml::child(response ? response : pugi::xml_node(document), "Assertion");
  if (!assertion) {
    return invalid_identity_token(xml::child(response, "EncryptedAssertion")
                                      ? "Encrypted SAML assertions are not understood here."
                                      : "The SAML response holds no assertion.");
  }
  const auto confirmation =
      xml::child(xml::child(xml::child(assertion, "Subject"), "SubjectConfirmation"), "SubjectConfirmationData");
  auto values = read_values(assertion, confirmation);
  if (const auto missing = what_is_missing(values); !missing.empty()) {
    return invalid_identity_token(missing + " is required in the SAML assertion and is missing.");
  }
  for (const auto& element : {xml::child(assertion, "Conditions"), confirmation}) {
    if (auto timely = check_window(element, now); !timely) {
      return timely.error();
    }
  }
  return values;
}

}  // namespace understudy::aws
