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
constexpr int kTooMany = 429;

bool is_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

constexpr std::string_view kById = "v2/credentials";

/// Where there is nothing, only what has the form is a request for credentials; elsewhere whatever is no other route.
bool is_for_credentials(std::string_view path, int status) {
  if (status == 404) {
    return path == "v1/credentials" || is_below(path, kById);
  }
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

std::string_view event_of(int status) {
  switch (status) {
    case 200:
      return "GetCredentials";
    case kTooMany:
      return {};
    default:
      return "GetCredentialsInvalidRoleType";
  }
}

std::string or_dash(std::string_view text) { return text.empty() ? "-" : inside_quotes(text); }

}  // namespace

Answer Audited::answer(const Request& request, Patience patience) {
  auto answer = inner_.answer(request, patience);
  const auto* const response = std::get_if<Response>(&answer);
  std::string buffer;
  const auto path = normalise_path(request.target, buffer);
  if (response == nullptr) {
    return answer;
  }
  const auto status = response->status;
  if (status != kTooMany && !(path && is_for_credentials(*path, status))) {
    return answer;
  }
  // Those that can name nothing are one path to the limit, too.
  const auto shown = path.value_or(std::string_view());
  surroundings_.log.info("audit: {} {} {} \"/{}\" \"{}\" {} {} 2 {} -", format_iso8601(surroundings_.clock.wall()),
                         status, peer_text(request.peer), inside_quotes(is_below(shown, kById) ? kById : shown),
                         or_dash(request.headers.get("User-Agent").value_or("")),
                         or_dash(status == 200 ? surroundings_.task_of(request.peer.address) : ""),
                         or_dash(event_of(status)), or_dash(surroundings_.cluster));
  return answer;
}

}  // namespace understudy::service
