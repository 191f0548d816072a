#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "understudy/aws/canonical_request.hpp"
#include "understudy/aws/sigv4.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

constexpr std::uint64_t kMostExpires = 7 * 86400;

/// The named parts of a signature, wherever they stood.
using Parts = std::map<std::string, std::string, std::less<>>;

Error incomplete(std::string message) { return {Error::Kind::kInvalid, "IncompleteSignature", std::move(message)}; }

/// `Credential=.., SignedHeaders=.., Signature=..`, in any order.
Result<Parts> parts_of_authorization(std::string_view value) {
  Parts parts;
  for (const auto piece : split(value, ',')) {
    const auto part = trim(piece);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return incomplete("The Authorization header has a part that is no name=value pair.");
    }
    if (!parts.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
      return incomplete("The Authorization header has a part twice.");
    }
  }
  return parts;
}

Result<std::string> part(const Parts& parts, std::string_view name) {
  const auto found = parts.find(name);
  if (found == parts.end() || found->second.empty()) {
    return incomplete(fmt::format("The signature needs '{}'.", name));
  }
  return found->second;
}

/// `AKIA.../20261120/us-east-1/sts/aws4_request`
Result<void> read_credential(std::string_view text, PresentedSignature& out) {
  const auto pieces = split(text, '/');
  const bool complete = pieces.size() == 5 && std::ranges::none_of(pieces, &std::string_view::empty);
  if (!complete || pieces[1].size() != 8 || !parse_decimal(pieces[1]) || pieces[4] != "aws4_request") {
    return incomplete("'Credential' has to be <access key id>/<yyyymmdd>/<region>/<service>/aws4_request.");
  }
  out.access_key_id = pieces[0];
  out.scope = {std::string(pieces[1]), std::string(pieces[2]), std::string(pieces[3])};
  return {};
}

Result<void> read_signed_headers(std::string_view text, PresentedSignature& out) {
  for (const auto name : split(text, ';')) {
    const bool in_order = out.signed_headers.empty() || out.signed_headers.back() < name;
    if (name.empty() || !in_order || to_lower(name) != name) {
      return incomplete("'SignedHeaders' has to be lower-case names, sorted, each once, joined by ';'.");
    }
    out.signed_headers.emplace_back(name);
  }
  if (std::ranges::find(out.signed_headers, "host") == out.signed_headers.end()) {
    return incomplete("'SignedHeaders' has to hold 'host'.");
  }
  return {};
}

/// What both forms have in common. `time` is as the request gives it.
Result<PresentedSignature> compose(const Parts& parts, const std::string& prefix, std::optional<WallTime> time) {
  PresentedSignature out;
  const auto credential = part(parts, prefix + "Credential");
  const auto signed_headers = part(parts, prefix + "SignedHeaders");
  const auto signature = part(parts, prefix + "Signature");
  for (const auto* needed : {&credential, &signed_headers, &signature}) {
    if (!*needed) {
      return needed->error();
    }
  }
  if (auto read = read_credential(*credential, out); !read) {
    return read.error();
  }
  if (auto read = read_signed_headers(*signed_headers, out); !read) {
    return read.error();
  }
  if (!time) {
    return incomplete("The request needs one X-Amz-Date of the form yyyymmddThhmmssZ.");
  }
  if (format_amz_date(*time).substr(0, 8) != out.scope.date) {
    return Error{Error::Kind::kDenied, "SignatureDoesNotMatch",
                 "The date in the credential scope is not the date of the request."};
  }
  out.signature = *signature;
  out.time = *time;
  return out;
}

/// The only field of that name.
std::optional<std::string_view> only(const Headers& headers, std::string_view name) {
  return headers.count(name) == 1 ? headers.get(name) : std::nullopt;
}

std::optional<WallTime> time_of(const Headers& headers) {
  const std::string_view name = headers.get("X-Amz-Date") ? "X-Amz-Date" : "Date";
  const auto text = only(headers, name).value_or("");
  const auto time = parse_amz_date(text);
  return time || name == "X-Amz-Date" ? time : parse_http_date(text);
}

Result<PresentedSignature> read_header_form(const Headers& headers) {
  if (headers.count("Authorization") != 1 || headers.count("X-Amz-Security-Token") > 1) {
    return incomplete("Authorization and X-Amz-Security-Token can be sent only once.");
  }
  const auto value = trim(headers.get("Authorization").value_or(""));
  if (value.substr(0, value.find(' ')) != kSigningAlgorithm) {
    return incomplete(fmt::format("The Authorization header has to start with '{} '.", kSigningAlgorithm));
  }
  const auto parts = parts_of_authorization(value.substr(kSigningAlgorithm.size()));
  if (!parts) {
    return parts.error();
  }
  auto out = compose(*parts, "", time_of(headers));
  if (out) {
    out->session_token = headers.get("X-Amz-Security-Token").value_or("");
  }
  return out;
}

Result<PresentedSignature> read_presigned_form(const Parts& parts) {
  const auto algorithm = part(parts, "X-Amz-Algorithm");
  if (!algorithm || *algorithm != kSigningAlgorithm) {
    return incomplete(fmt::format("'X-Amz-Algorithm' has to be {}.", kSigningAlgorithm));
  }
  const auto date = parts.find("X-Amz-Date");
  auto out = compose(parts, "X-Amz-", date != parts.end() ? parse_amz_date(date->second) : std::nullopt);
  if (!out) {
    return out;
  }
  out->presigned = true;
  if (const auto expires = parts.find("X-Amz-Expires"); expires != parts.end()) {
    const auto number = parse_decimal(expires->second);
    if (!number || *number == 0 || *number > kMostExpires) {
      return incomplete(fmt::format("'X-Amz-Expires' has to be a number of seconds from 1 to {}.", kMostExpires));
    }
  }
  if (const auto token = parts.find("X-Amz-Security-Token"); token != parts.end()) {
    out->session_token = token->second;
  }
  return out;
}

}  // namespace

Result<PresentedSignature> read_signature(const Request& request) {
  Parts in_query;
  for (auto& [name, value] : parse_query(split_target(request.target).second)) {
    if (name.starts_with("X-Amz-") && !in_query.emplace(name, std::move(value)).second) {
      return incomplete(fmt::format("'{}' stands in the query twice.", escape_for_log(name)));
    }
  }
  const bool has_header = request.headers.get("Authorization").has_value();
  const bool is_presigned = in_query.contains("X-Amz-Algorithm") || in_query.contains("X-Amz-Signature");
  if (has_header && is_presigned) {
    return incomplete("A request is signed in its Authorization header or in its query, not in both.");
  }
  if (is_presigned) {
    return read_presigned_form(in_query);
  }
  if (!has_header) {
    return Error{Error::Kind::kInvalid, "MissingAuthenticationToken", "Request is missing Authentication Token"};
  }
  return read_header_form(request.headers);
}

}  // namespace understudy::aws
