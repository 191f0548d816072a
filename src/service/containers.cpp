#include "understudy/service/containers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/service/path.hpp"
#include "understudy/service/role_credentials.hpp"

namespace understudy::service {
namespace {

constexpr std::string_view kV1Path = "v1/credentials";
constexpr std::string_view kV2Path = "v2/credentials";
constexpr std::string_view kV1Prefix = "CredentialsV1Request: ";
constexpr std::string_view kV2Prefix = "CredentialsV2Request: ";

Response json_response(int status, Body body) {
  Response response;
  response.status = status;
  response.headers.reserve(2);
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Response failure(int status, std::string_view code, std::string_view message) {
  return json_response(status, fmt::format(R"({{"code":{},"message":{},"HTTPErrorCode":{}}})", json_string(code),
                                           json_string(message), status));
}

Response uninitialized(std::string_view prefix, std::string_view reason) {
  return failure(503, "CredentialsUninitialized",
                 fmt::format("{}Credentials uninitialized for ID: {}", prefix, reason));
}

Response not_found() {
  Response response;
  response.status = 404;
  response.headers.add("Content-Type", "text/plain");
  response.body = "404 page not found\n";
  return response;
}

/// The id behind `v2/credentials`, which may be empty; nullopt for another path.
std::optional<std::string_view> id_in_path(std::string_view path) {
  if (!path.starts_with(kV2Path)) {
    return std::nullopt;
  }
  const auto rest = path.substr(kV2Path.size());
  if (rest.empty()) {
    return rest;
  }
  return rest.starts_with('/') ? std::optional(rest.substr(1)) : std::nullopt;
}

bool is_authorized(const Request& request, const ContainerCredential& credential) {
  if (!credential.token) {
    return true;
  }
  const auto presented = request.headers.get("Authorization");
  return presented && request.headers.count("Authorization") == 1 &&
         equal_in_constant_time(*presented, credential.token->reveal());
}

bool is_over_limit(const Error& error) { return error.code == source::OnDemandRoles::kTooManyNew; }

int status_of(const Error& error) {
  if (is_over_limit(error)) {
    return 429;
  }
  if (error.kind == Error::Kind::kDenied) {
    return 403;
  }
  return error.kind == Error::Kind::kInvalid ? 400 : 503;
}

std::string_view without_slashes(std::string_view path) {
  const auto first = path.find_first_not_of('/');
  return first == std::string_view::npos ? std::string_view()
                                         : path.substr(first, path.find_last_not_of('/') - first + 1);
}

}  // namespace

Containers::Containers(std::vector<ContainerCredential> credentials, GuardRules rules, const Clock& clock, Log& log,
                       ContainerExtras extras)
    : credentials_(std::move(credentials)),
      extras_(std::move(extras)),
      clock_(clock),
      log_(log),
      refusals_("containers", clock, log),
      guard_(std::move(rules), refusals_) {
  for (std::size_t i = 0; i < credentials_.size(); ++i) {
    by_id_.emplace(without_slashes(credentials_[i].id), i);
    if (!credentials_[i].path.empty()) {
      by_path_.emplace(without_slashes(credentials_[i].path), i);
    }
  }
}

Answer Containers::answer(const Request& request, Patience patience) {
  if (auto loop = guard_.answer_to_itself(request)) {
    return *std::move(loop);
  }
  if (guard_.refuses(request)) {
    return failure(403, "Forbidden",
                   "This server does not answer requests from browsers or for names of others; its log "
                   "says which rule refused this one and how to change it");
  }
  std::string buffer;
  const auto path = normalise_path(request.target, buffer);
  if (!path) {
    return not_found();
  }
  if (const auto id = id_in_path(*path)) {
    return serve_id(request, kV2Prefix, *id, patience);
  }
  if (*path == kV1Path) {
    return serve_id(request, kV1Prefix, query_value(request.target, "id").value_or(""), patience);
  }
  if (const auto found = by_path_.find(*path); found != by_path_.end()) {
    return serve(request, kV2Prefix, credentials_[found->second], patience);
  }
  if (extras_.callers != nullptr && *path == without_slashes(extras_.callers->path())) {
    return serve_caller(request, patience);
  }
  if (auto told = extras_.tasks != nullptr ? extras_.tasks->answer(request, *path, patience) : std::nullopt) {
    return *std::move(told);
  }
  if (auto told = extras_.agent != nullptr ? extras_.agent->answer(request, *path, patience) : std::nullopt) {
    return *std::move(told);
  }
  auto named = extras_.compat ? extras_.compat->find(*path) : std::nullopt;
  return named ? serve_named(request, *std::move(named), patience) : not_found();
}

Answer Containers::serve_id(const Request& request, std::string_view prefix, std::string_view id, Patience patience) {
  const auto wanted = without_slashes(id);
  if (wanted.empty()) {
    return failure(400, "NoIdInRequest", fmt::format("{}No Credential ID in the request", prefix));
  }
  const auto found = by_id_.find(wanted);
  if (found == by_id_.end()) {
    return failure(400, "InvalidIdInRequest", fmt::format("{}Credentials not found", prefix));
  }
  return serve(request, prefix, credentials_[found->second], patience);
}

Answer Containers::serve(const Request& request, std::string_view prefix, const ContainerCredential& credential,
                         Patience patience) {
  return is_authorized(request, credential) ? serve_role(prefix, {std::shared_ptr<void>(), credential.role}, patience)
                                            : refuse_authorization(request, credential.id);
}

Answer Containers::serve_caller(const Request& request, Patience patience) {
  if (request.headers.get("Authorization")) {
    const auto its = std::ranges::find_if(credentials_,
                                          [&](const auto& each) { return each.token && is_authorized(request, each); });
    return its != credentials_.end() ? serve(request, kV2Prefix, *its, patience) : refuse_token(request);
  }
  if (request.headers.get("X-Forwarded-For")) {
    return refuse_forwarded(request);
  }
  const auto role = extras_.callers->find(request.peer.address);
  if (role) {
    return serve_found(request, std::shared_ptr<source::Role>(std::shared_ptr<void>(), *role), patience);
  }
  if (patience == Patience::kMayWait && CallerRoles::may_pass(role.error())) {
    return until_known(request.peer.address);
  }
  refusals_.note(Rule::kCaller, request.peer.address, [&] { return role.error().message; });
  return serve_found(request, role.error(), patience);
}

std::shared_ptr<Deferred> Containers::until_known(const std::string& address) const {
  return then_until_settled(
      extras_.callers->until_known(address),
      [this, address]() -> source::Role* {
        const auto role = extras_.callers->find(address);
        const Request without_token;
        return role && guard_of(**role, without_token) == nullptr ? *role : nullptr;
      },
      log_);
}

const ContainerCredential* Containers::guard_of(const source::Role& role, const Request& request) const {
  const ContainerCredential* guard = nullptr;
  for (const auto& each : credentials_) {
    if (each.role != &role) {
      continue;
    }
    if (is_authorized(request, each)) {
      return nullptr;
    }
    guard = &each;
  }
  return guard;
}

Answer Containers::serve_found(const Request& request, const Result<std::shared_ptr<source::Role>>& role,
                               Patience patience) {
  if (!role) {
    return failure(status_of(role.error()), role.error().code, role.error().message);
  }
  const auto* const guard = guard_of(**role, request);
  return guard == nullptr ? serve_role(kV2Prefix, *role, patience) : refuse_authorization(request, guard->id);
}

Answer Containers::serve_named(const Request& request, CompatFound found, Patience patience) {
  const auto& role = found.role;
  if (!role && is_over_limit(role.error())) {
    refusals_.note(Rule::kNewRole, request.peer.address, [&] { return role.error().message; });
  }
  if (role || role.error().code != CompatRoles::kUnclear) {
    return serve_found(request, role, patience);
  }
  return patience == Patience::kMayWait && !found.unclear.empty() ? Answer(until_settled(std::move(found.unclear)))
                                                                  : uninitialized(kV2Prefix, role.error().message);
}

Answer Containers::serve_role(std::string_view prefix, const std::shared_ptr<source::Role>& role,
                              Patience patience) const {
  const auto state = role->state();
  switch (standing_of(*state, clock_.boot())) {
    case Standing::kGood:
      return json_response(200, state->documents.ecs);
    case Standing::kCold:
      if (patience == Patience::kMayWait) {
        return until_settled(role);
      }
      return uninitialized(prefix, "the first ones are still being fetched; ask again");
    case Standing::kRefused: {
      const auto refusal = state->error.value_or(Error{});
      return failure(403, refusal.code, refusal.message);
    }
    case Standing::kAbsent:
      break;
  }
  // A word that a program can go by, where a person has to act: `MfaRequired`, `SsoLoginRequired`.
  return state->error && state->error->kind == Error::Kind::kActionNeeded
             ? failure(503, state->error->code, why_absent(*state))
             : uninitialized(prefix, why_absent(*state));
}

Response Containers::refuse_forwarded(const Request& request) {
  refusals_.note(Rule::kForwarded, request.peer.address, [] {
    return "it has X-Forwarded-For, so a proxy sent it on, and the proxy's role is not the client's; let the client "
           "ask directly (NO_PROXY has to name this address)";
  });
  return failure(
      403, "Forbidden",
      "This request came through a proxy, so whose role it asks for is not known; ask directly (NO_PROXY has "
      "to name this address), or name the credentials by their path or token");
}

Response Containers::refuse_token(const Request& request) {
  refusals_.note(Rule::kAuthorization, request.peer.address, [] {
    return "its Authorization is not the content of any entry's token_file; by its address, label or service it is "
           "known only without one";
  });
  return failure(401, "AuthorizationFailed",
                 "The Authorization header is not the token of any credentials here; for the caller's own role send "
                 "none (unset AWS_CONTAINER_AUTHORIZATION_TOKEN and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)");
}

Response Containers::refuse_authorization(const Request& request, std::string_view id) {
  refusals_.note(Rule::kAuthorization, request.peer.address, [&] {
    return fmt::format(
        "its Authorization is {}; credentials \"{}\" have a token_file, whose content the client has to send "
        "(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE); without token_file in the configuration none is asked for",
        request.headers.get("Authorization") ? "not the token" : "missing", escape_for_log(id, 80));
  });
  return failure(401, "AuthorizationFailed",
                 "The Authorization header is not the token of these credentials; set "
                 "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to the configured token_file");
}

}  // namespace understudy::service
