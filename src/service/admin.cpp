#include "understudy/service/admin.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/path.hpp"

namespace understudy::service {
namespace {

using nlohmann::json;

/// nullopt for what is no object.
std::optional<json> parse_body(std::string_view text) {
  if (trim(text).empty()) {
    return json::object();
  }
  auto parsed = parse_json(text);
  return parsed.is_object() ? std::optional(std::move(parsed)) : std::nullopt;
}

}  // namespace

Response admin_json(int status, const nlohmann::ordered_json& body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return response;
}

Response admin_error(int status, std::string_view code, std::string_view message) {
  return admin_json(status, {{"code", code}, {"message", message}});
}

Admin::Admin(const Secret& token, std::vector<AdminRoute> routes, GuardRules rules, const Clock& clock, Log& log)
    : authorization_("Bearer " + std::string(token.reveal())),
      routes_(std::move(routes)),
      refusals_("admin", clock, log),
      guard_(std::move(rules), refusals_) {}

Answer Admin::answer(const Request& request, Patience) {
  if (auto loop = guard_.answer_to_itself(request)) {
    return *std::move(loop);
  }
  if (guard_.refuses(request)) {
    return admin_error(403, "Forbidden",
                       "Browsers, proxies and names of others are not answered here; the server's log says which rule "
                       "refused this request and how to change it");
  }
  std::string buffer;
  const auto path = normalise_path(request.target, buffer);
  std::vector<std::string_view> methods;
  for (const auto& route : routes_) {
    if (path != route.path) {
      continue;
    }
    if (request.method == route.method || (request.method == "HEAD" && route.method == "GET")) {
      return answer_route(route, request);
    }
    methods.push_back(route.method);
  }
  if (methods.empty()) {
    return admin_error(404, "NotFound", "There is no such path here; understudy --help names the commands");
  }
  auto refused = admin_error(405, "MethodNotAllowed", fmt::format("Use {} here", fmt::join(methods, " or ")));
  refused.headers.add("Allow", fmt::format("{}", fmt::join(methods, ", ")));
  return refused;
}

Response Admin::answer_route(const AdminRoute& route, const Request& request) {
  if (!route.is_open && !is_authorized(request)) {
    auto refused = admin_error(401, "AuthorizationFailed",
                               "Send Authorization: Bearer and the content of the server's admin.token_file");
    refused.headers.add("WWW-Authenticate", "Bearer");
    return refused;
  }
  const auto body = parse_body(request.body);
  return body ? route.answer(*body) : admin_error(400, "BadRequest", "The body has to be one JSON object");
}

bool Admin::is_authorized(const Request& request) {
  const auto presented = request.headers.get("Authorization");
  const bool right =
      presented && request.headers.count("Authorization") == 1 && equal_in_constant_time(*presented, authorization_);
  if (!right) {
    refusals_.note(Rule::kAuthorization, request.peer.address, [&] {
      return fmt::format("its Authorization is {}; it has to send Bearer and the content of admin.token_file",
                         presented ? "not the token" : "missing");
    });
  }
  return right;
}

}  // namespace understudy::service
