#include "own_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "understudy/service/path.hpp"

namespace understudy::service {
namespace {

/// Paths that mean something on ECS: an entry's own path must not hide them.
constexpr std::array<std::string_view, 6> kTaken{"v1", "v2", "v3", "v4", "api", "latest"};

}  // namespace

std::string normalised(std::string_view path) {
  std::string buffer;
  return std::string(normalise_path(path, buffer).value_or(std::string_view()));
}

bool is_plain(std::string_view text) { return text.find_first_of("?%#") == std::string_view::npos; }

std::optional<std::string> read_own_path(Fields& fields) {
  const auto path = fields.text("path");
  if (!path) {
    return std::nullopt;
  }
  const auto normal = normalised(*path);
  const auto first = normal.substr(0, normal.find('/'));
  if (first.empty() || !is_plain(*path)) {
    fields.problem("path", "expected a path of its own that starts with a slash, such as /creds");
    return std::nullopt;
  }
  if (std::ranges::find(kTaken, first) != kTaken.end()) {
    fields.problem("path",
                   fmt::format("paths under /{} have a meaning already; choose another, such as /creds", first));
    return std::nullopt;
  }
  return "/" + normal;
}

}  // namespace understudy::service
