#include "sts_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "xml.hpp"

namespace understudy::aws {
namespace {

using Json = nlohmann::json;

bool looks_like_json(std::string_view body) { return trim(body).starts_with('{'); }

/// The member of that name; null where there is none or `object` is no object.
const Json& member(const Json& object, std::string_view name) {
  static const Json kNone;
  if (!object.is_object()) {
    return kNone;
  }
  const auto found = object.find(std::string(name));
  return found == object.end() ? kNone : *found;
}

std::string text_of(const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  return value.is_number() ? value.dump() : std::string();
}

/// The result may stand bare: some servers leave out `AssumeRoleResponse` and `AssumeRoleResult`.
std::optional<Lookup> read_json_result(std::string_view action, std::string_view body) {
  auto document = std::make_shared<Json>(parse_json(body));
  const Json* result = document.get();
  for (const auto* suffix : {"Response", "Result"}) {
    const Json& inner = member(*result, fmt::format("{}{}", action, suffix));
    result = inner.is_object() ? &inner : result;
  }
  if (!result->is_object()) {
    return std::nullopt;
  }
  return [document, result](std::string_view group, std::string_view name) {
    return text_of(member(group.empty() ? *result : member(*result, group), name));
  };
}

ErrorText read_json_error(std::string_view body) {
  const auto document = parse_json(body);
  const Json& nested = member(document, "Error");
  const Json& error = nested.is_object() ? nested : document;
  ErrorText found;
  for (const auto* name : {"Code", "code", "__type"}) {
    found.code = found.code.empty() ? text_of(member(error, name)) : found.code;
  }
  for (const auto* name : {"Message", "message"}) {
    found.message = found.message.empty() ? text_of(member(error, name)) : found.message;
  }
  // `com.amazonaws.sts#ExpiredToken` and `ExpiredToken:http://..` are the JSON protocols' forms.
  found.code.erase(0, found.code.rfind('#') + 1);
  found.code.resize(std::min(found.code.find(':'), found.code.size()));
  return found;
}

std::unique_ptr<pugi::xml_document> read_xml(std::string_view body) {
  auto document = std::make_unique<pugi::xml_document>();
  return document->load_buffer(body.data(), body.size()) ? std::move(document) : nullptr;
}

}  // namespace

std::optional<Lookup> read_result(std::string_view action, std::string_view body) {
  if (looks_like_json(body)) {
    return read_json_result(action, body);
  }
  const std::shared_ptr<pugi::xml_document> document = read_xml(body);
  if (document == nullptr) {
    return std::nullopt;
  }
  const auto response = xml::child(*document, fmt::format("{}Response", action));
  const auto result = xml::child(response, fmt::format("{}Result", action));
  if (!result) {
    return std::nullopt;
  }
  return [document, result](std::string_view group, std::string_view name) {
    return xml::text(xml::child(group.empty() ? result : xml::child(result, group), name));
  };
}

ErrorText read_error(std::string_view body) {
  if (looks_like_json(body)) {
    return read_json_error(body);
  }
  const auto document = read_xml(body);
  if (document == nullptr) {
    return {};
  }
  // STS has the error right in ErrorResponse; EC2 in Response's Errors, and moto in ErrorResponse's.
  const auto own = xml::child(*document, "ErrorResponse");
  const auto response = own ? own : xml::child(*document, "Response");
  const auto errors = xml::child(response, "Errors");
  const auto error = xml::child(errors ? errors : response, "Error");
  return {xml::text(xml::child(error, "Code")), xml::text(xml::child(error, "Message"))};
}

}  // namespace understudy::aws
