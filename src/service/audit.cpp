#include "understudy/service/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "peer_text.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/path.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kMostShown = 256;

bool is_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

bool is_for_credentials(std::string_view path) {
  constexpr std::array<std::string_view, 6> kOthers{"v2/metadata", "v2/metadataWithTags", "v2/stats", "v3", "v4",
                                                    "api"};
  return std::ranges::none_of(kOthers, [&](std::string_view other) { return is_below(path, other); });
}

/// Between quotation marks, so it has none.
std::string inside_quotes(std::string_view text) {
  std::string out;
  for (const char c : escape_for_log(text, kMostShown)) {
    out += c == '"' ? std::string("\\x22") : std::string(1, c);
  }
  return out;
}

std::string or_dash(std::string_view text) { return text.empty() ? "-" : inside_quotes(text); }

}  // namespace

Answer Audited::answer(const Request& request, Patience patience) {
  auto answer = inner_.answer(request, patience);
  const auto* const response = std::get_if<Response>(&answer);
  std::string buffer;
  const auto path = normalise_path(request.target, buffer);
  // What is not there is no request for credentials either: those that are refused have another status.
  if (response == nullptr || !path || response->status == 404 || !is_for_credentials(*path)) {
    return answer;
  }
  constexpr std::string_view kById = "v2/credentials";
  const bool is_given = response->status == 200;
  surroundings_.log.info("audit: {} {} {} \"/{}\" \"{}\" {} {} 2 {} -", format_iso8601(surroundings_.clock.wall()),
                         response->status, peer_text(request.peer),
                         inside_quotes(is_below(*path, kById) ? kById : *path),
                         or_dash(request.headers.get("User-Agent").value_or("")),
                         or_dash(is_given ? surroundings_.task_of(request.peer.address) : ""),
                         is_given ? "GetCredentials" : "GetCredentialsInvalidRoleType", or_dash(surroundings_.cluster));
  return answer;
}

}  // namespace understudy::service
