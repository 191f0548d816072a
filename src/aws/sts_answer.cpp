#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sts_answer_json.hpp"
#include "sts_answer_table.hpp"
#include "sts_document.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "xml.hpp"

namespace understudy::aws {
namespace {

/// ISO 8601, or seconds since 1970 as servers that speak JSON write them: `1795217844`, `1.795217844E9`. Nothing that
/// ended before is an end of credentials.
std::optional<WallTime> parse_expiration(const std::string& text) {
  if (auto time = parse_iso8601(text)) {
    return *time > WallTime() ? time : std::nullopt;
  }
  double seconds = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (fault != std::errc() || end != text.data() + text.size() ||
      !(seconds > 0 && seconds < static_cast<double>(kLastSecond))) {
    return std::nullopt;
  }
  return WallTime(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

Error bad_answer(std::string_view action, std::string_view what) {
  return {Error::Kind::kUnavailable, "BadAnswer", fmt::format("The answer to {} {}.", action, what)};
}

Result<Credentials> read_credentials(std::string_view action, const Lookup& lookup) {
  Credentials credentials;
  credentials.access_key_id = lookup("Credentials", "AccessKeyId");
  credentials.secret_access_key = Secret(lookup("Credentials", "SecretAccessKey"));
  credentials.session_token = Secret(lookup("Credentials", "SessionToken"));
  credentials.expiration = parse_expiration(lookup("Credentials", "Expiration"));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
      credentials.session_token->empty()) {
    return bad_answer(action, "holds no whole credentials");
  }
  if (!credentials.expiration) {
    return bad_answer(action, "does not say when its credentials end");
  }
  return credentials;
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("<{}>", name);
  xml::append_escaped(out, text);
  out += fmt::format("</{}>", name);
}

void append_credentials(std::string& out, const Credentials& credentials) {
  out += "<Credentials>";
  append_element(out, "AccessKeyId", credentials.access_key_id);
  append_element(out, "SecretAccessKey", credentials.secret_access_key.reveal());
  append_element(out, "SessionToken", credentials.session_token.value_or(Secret()).reveal());
  append_element(out, "Expiration", format_iso8601(credentials.expiration.value_or(WallTime())));
  out += "</Credentials>";
}

void append_elements(std::string& out, const AnswerShape& shape, const StsAnswer& answer) {
  std::string_view open;
  for (const auto& element : shape.elements) {
    if (element.group != open) {
      out += open.empty() ? "" : fmt::format("</{}>", open);
      out += element.group.empty() ? "" : fmt::format("<{}>", element.group);
      open = element.group;
    }
    if (const auto& text = answer.*element.member; !text.empty()) {
      append_element(out, element.name, text);
    }
  }
  out += open.empty() ? "" : fmt::format("</{}>", open);
}

Response response_of(int status, AnswerForm form, std::string body, std::string_view request_id) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", form == AnswerForm::kJson ? "application/json" : "text/xml"},
                      {"x-amzn-RequestId", std::string(request_id)}};
  response.body = std::move(body);
  return response;
}

std::string xml_answer(const AnswerShape& shape, const StsAnswer& answer, std::string_view request_id) {
  auto body = fmt::format("<{0}Response xmlns=\"{1}\">\n<{0}Result>", shape.action, kStsNamespace);
  if (shape.has_credentials && answer.credentials) {
    append_credentials(body, *answer.credentials);
  }
  append_elements(body, shape, answer);
  if (answer.packed_policy_size) {
    append_element(body, "PackedPolicySize", std::to_string(*answer.packed_policy_size));
  }
  body += fmt::format("</{}Result>\n<ResponseMetadata>", shape.action);
  append_element(body, "RequestId", request_id);
  return body + fmt::format("</ResponseMetadata>\n</{}Response>\n", shape.action);
}

std::string xml_error(const Error& error, std::string_view type, std::string_view request_id) {
  auto body = fmt::format("<ErrorResponse xmlns=\"{}\">\n<Error>", kStsNamespace);
  append_element(body, "Type", type);
  append_element(body, "Code", error.code);
  append_element(body, "Message", error.message);
  body += "</Error>\n";
  append_element(body, "RequestId", request_id);
  return body + "\n</ErrorResponse>\n";
}

}  // namespace

Result<StsAnswer> parse_answer(std::string_view action, const Response& response) {
  const auto* shape = find_answer_shape(action);
  const auto lookup =
      shape != nullptr && response.status == 200 ? read_result(action, response.body.view()) : std::nullopt;
  if (!lookup) {
    return bad_answer(action, fmt::format("(status {}) is not what STS sends", response.status));
  }
  StsAnswer answer;
  for (const auto& element : shape->elements) {
    answer.*element.member = (*lookup)(element.group, element.name);
    if (element.required && (answer.*element.member).empty()) {
      return bad_answer(action, fmt::format("lacks {}", element.name));
    }
  }
  if (shape->has_credentials) {
    auto credentials = read_credentials(action, *lookup);
    if (!credentials) {
      return std::move(credentials).error();
    }
    if (const auto arn = parse_arn(answer.arn)) {
      answer.account = arn->account;
    }
    credentials->account_id = answer.account;
    answer.credentials = *std::move(credentials);
  }
  if (const auto percent = parse_decimal((*lookup)("", "PackedPolicySize")); percent && *percent <= 1000) {
    answer.packed_policy_size = static_cast<int>(*percent);
  }
  return answer;
}

AnswerForm wanted_form(const Request& request) {
  const auto accepted = request.headers.get("Accept").value_or("");
  const auto type = trim(accepted.substr(0, accepted.find(';')));
  return equal_ignoring_case(type, "application/json") ? AnswerForm::kJson : AnswerForm::kXml;
}

Response render_answer(std::string_view action, const StsAnswer& answer, std::string_view request_id, AnswerForm form) {
  // An action that is not known has an answer with nothing in it.
  const auto* known = find_answer_shape(action);
  const AnswerShape shape = known != nullptr ? *known : AnswerShape{action, false, {}};
  return response_of(
      200, form,
      form == AnswerForm::kJson ? json_answer(shape, answer, request_id) : xml_answer(shape, answer, request_id),
      request_id);
}

Response render_error(int status, const Error& error, std::string_view request_id, AnswerForm form) {
  const auto* type = status < 500 ? "Sender" : "Receiver";
  return response_of(
      status, form,
      form == AnswerForm::kJson ? json_error(error, type, request_id) : xml_error(error, type, request_id), request_id);
}

}  // namespace understudy::aws
