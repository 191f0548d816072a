#include "understudy/service/path.hpp"

#include <algorithm>
#include <vector>

#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

std::string_view without_query(std::string_view target) { return target.substr(0, target.find('?')); }

bool names_something(std::string_view segment) {
  return segment != ".." && std::ranges::none_of(segment, [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

/// Whether what comes next is an ARN, or more of it, whose slashes may be encoded.
bool is_before_arn(std::string_view path) {
  constexpr std::string_view kFirst = "role-arn";
  return path.starts_with(kFirst) && (path.size() == kFirst.size() || path[kFirst.size()] == '/');
}

/// Adds the decoded segment; false where it can name nothing.
bool add_segment(std::string_view segment, std::string& path) {
  if (!names_something(segment)) {
    return false;
  }
  if (!segment.empty() && segment != ".") {
    path += path.empty() ? "" : "/";
    path += segment;
  }
  return true;
}

/// The common case, which needs no copy: nothing encoded, no empty, `.` or `..` segment, no odd byte.
bool is_normal(std::string_view inside) {
  char before = '/';
  for (const char c : inside) {
    const bool odd = c == '%' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (odd || (before == '/' && (c == '/' || c == '.'))) {
      return false;
    }
    before = c;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> normalise_path(std::string_view target, std::string& buffer) {
  auto path = without_query(target);
  if (!path.starts_with('/')) {
    return std::nullopt;
  }
  while (path.starts_with('/')) {
    path.remove_prefix(1);
  }
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  if (is_normal(path)) {
    return path;
  }
  buffer.clear();
  buffer.reserve(path.size());
  for (const auto raw : split(path, '/')) {
    const auto segment = percent_decode(raw);
    const auto parts = is_before_arn(buffer) ? split(segment, '/') : std::vector<std::string_view>{segment};
    if (!std::ranges::all_of(parts, [&](std::string_view part) { return add_segment(part, buffer); })) {
      return std::nullopt;
    }
  }
  return buffer;
}

std::optional<std::string> query_value(std::string_view target, std::string_view name) {
  const auto question = target.find('?');
  if (question == std::string_view::npos) {
    return std::nullopt;
  }
  for (const auto pair : split(target.substr(question + 1), '&')) {
    const auto equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals)) == name) {
      return equals == std::string_view::npos ? std::string() : percent_decode(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

}  // namespace understudy::service
