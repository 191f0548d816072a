#include "understudy/aws/canonical_request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::array<std::string_view, 9> kNeverSigned{
    "authorization", "connection",        "expect",    "keep-alive", "te", "trailer",
    "upgrade",       "transfer-encoding", "user-agent"};

bool may_be_signed(std::string_view name) {
  return std::ranges::find(kNeverSigned, name) == kNeverSigned.end() && name != "x-amzn-trace-id" &&
         !name.starts_with("proxy-");
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

void append_folded(std::string& out, std::string_view value) {
  bool blank_before = false;
  const auto start = out.size();
  for (const char c : value) {
    if (is_space(c)) {
      blank_before = true;
      continue;
    }
    if (blank_before && out.size() > start) {
      out += ' ';
    }
    blank_before = false;
    out += c;
  }
}

}  // namespace

std::string canonical_path(std::string_view path, std::string_view service) {
  if (path.empty()) {
    return "/";
  }
  if (service == "s3") {
    return std::string(path);
  }
  std::vector<std::string_view> kept;
  for (const auto segment : split(path, '/')) {
    if (segment == "..") {
      if (!kept.empty()) {
        kept.pop_back();
      }
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  const bool slash_at_end = path.back() == '/' && !kept.empty();
  return percent_encode(fmt::format("/{}{}", fmt::join(kept, "/"), slash_at_end ? "/" : ""), "/");
}

QueryParameters parse_query(std::string_view query) {
  QueryParameters parameters;
  for (const auto part : split(query, '&')) {
    if (part.empty()) {
      continue;
    }
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    parameters.emplace_back(percent_decode(part.substr(0, equals)), percent_decode(value));
  }
  return parameters;
}

std::string canonical_query(const QueryParameters& parameters) {
  QueryParameters encoded;
  for (const auto& [name, value] : parameters) {
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  }
  return out;
}

SignedHeaders headers_to_sign(const Headers& headers) {
  SignedHeaders names;
  for (const auto& field : headers) {
    auto name = to_lower(field.name);
    if (may_be_signed(name)) {
      names.push_back(std::move(name));
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

std::string canonical_headers(const Headers& headers, const SignedHeaders& names) {
  std::string out;
  for (const auto& name : names) {
    out += name + ':';
    bool first = true;
    for (const auto& field : headers) {
      if (equal_ignoring_case(field.name, name)) {
        out += first ? "" : ",";
        append_folded(out, field.value);
        first = false;
      }
    }
    out += '\n';
  }
  return out;
}

std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::pair(target, std::string_view())
                                        : std::pair(target.substr(0, mark), target.substr(mark + 1));
}

std::string canonical_request(const Request& request, const SignedHeaders& names, std::string_view service,
                              bool presigned) {
  const auto [path, query] = split_target(request.target);
  auto parameters = parse_query(query);
  if (presigned) {
    std::erase_if(parameters, [](const auto& parameter) { return parameter.first == "X-Amz-Signature"; });
  }
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(path, service),
                     canonical_query(parameters), canonical_headers(request.headers, names), fmt::join(names, ";"),
                     hex(bytes_of(sha256(request.body))));
}

}  // namespace understudy::aws
