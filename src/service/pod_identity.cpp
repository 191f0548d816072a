#include "understudy/service/pod_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "understudy/base/text.hpp"
#include "understudy/service/path.hpp"
#include "understudy/service/role_credentials.hpp"

namespace understudy::service {
namespace {

constexpr std::string_view kPath = "v1/credentials";
constexpr std::array<std::string_view, 2> kAddresses{"169.254.170.23", "fd00:ec2::23"};
constexpr std::size_t kLongestName = 253;

/// As Go's http.Error writes it.
Response text_response(int status, std::string text) {
  Response response;
  response.status = status;
  response.headers.reserve(2);
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = std::move(text) + "\n";
  return response;
}

/// An error of the service behind the agent, in the agent's words.
Response service_error(int status, std::string_view code, std::string_view message) {
  return text_response(status, fmt::format("({}): {}, fault: {}", code, message, status < 500 ? "client" : "server"));
}

Response unavailable(std::string_view why) { return service_error(503, "ServiceUnavailableException", why); }

std::string_view host_of(const Request& request) {
  const auto host = request.headers.get("Host").value_or(std::string_view());
  const auto name = without_port(host).value_or(host);
  return name.starts_with('[') ? name.substr(1, name.size() - 2) : name;
}

bool names_the_agent(const Request& request) {
  return std::ranges::any_of(
      kAddresses, [host = host_of(request)](std::string_view each) { return equal_ignoring_case(each, host); });
}

bool is_path(const Request& request) {
  std::string buffer;
  return normalise_path(request.target, buffer) == kPath;
}

bool has_key(const aws::JsonWebKeys& keys, const std::string& id) {
  return std::ranges::any_of(keys, [&](const auto& each) { return each.id == id; });
}

}  // namespace

PodIdentity::PodIdentity(const std::vector<PodIdentityRole>& roles, PodIdentityRules rules, TokenKeys* keys,
                         GuardRules guard, const Clock& clock, Log& log)
    : rules_(std::move(rules)),
      keys_(keys),
      clock_(clock),
      refusals_("pod_identity", clock, log),
      guard_(std::move(guard), refusals_) {
  for (const auto& each : roles) {
    roles_.emplace(std::pair(each.name_space, each.account), each.role);
  }
}

Answer PodIdentity::answer(const Request& request, Patience patience) {
  if (auto loop = guard_.answer_to_itself(request)) {
    return *std::move(loop);
  }
  if (!is_for_the_agent(request)) {
    return text_response(403, fmt::format("Access Denied. Called agent through invalid address, please use either [{}] "
                                          "address not {}",
                                          fmt::join(kAddresses, " "), escape_for_log(host_of(request), kLongestName)));
  }
  if (guard_.refuses(request)) {
    return text_response(403,
                         "Access Denied. This server does not answer requests from browsers or for names of others; "
                         "its log says which rule refused this one and how to change it");
  }
  return is_path(request) ? serve(request, patience) : text_response(404, "404 page not found");
}

bool PodIdentity::is_for_the_agent(const Request& request) {
  const bool right = !rules_.host_check || names_the_agent(request);
  if (!right) {
    refusals_.note(Rule::kHost, request.peer.address, [&] {
      return fmt::format(
          "its Host \"{}\" is neither 169.254.170.23 nor [fd00:ec2::23]; clients are to use "
          "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials, or set pod_identity: "
          "{{host_check: false}}",
          escape_for_log(host_of(request), 80));
    });
  }
  return right;
}

Answer PodIdentity::serve(const Request& request, Patience patience) {
  const auto token = read_token(request);
  if (!token) {
    return refuse(request, Rule::kAuthorization, 400, token.error().message);
  }
  if (auto refusal = refuse_signature(*token, request, patience)) {
    return *std::move(refusal);
  }
  const auto found = roles_.find({token->name_space, token->account});
  if (found != roles_.end()) {
    return serve_role(*found->second, patience);
  }
  const auto who = fmt::format("service account {} in namespace {}", escape_for_log(token->account, kLongestName),
                               escape_for_log(token->name_space, kLongestName));
  refusals_.note(Rule::kAssociation, request.peer.address, [&] {
    return fmt::format("the {} has no role; add it to pod_identity: {{associations: [..]}}", who);
  });
  return service_error(404, "ResourceNotFoundException", fmt::format("No association was found for the {}", who));
}

Result<aws::ServiceAccountToken> PodIdentity::read_token(const Request& request) const {
  const auto problem = [](std::string_view what, std::string_view why) {
    return Error{Error::Kind::kInvalid, "BadToken", fmt::format("Service account token {}{}", what, why)};
  };
  const auto text = request.headers.get("Authorization").value_or(std::string_view());
  if (text.empty()) {
    return problem("cannot be empty", "");
  }
  if (request.headers.count("Authorization") > 1) {
    return problem("cannot be parsed: ", "token is malformed: Authorization is there more than once");
  }
  auto token = aws::parse_service_account_token(text);
  if (!token) {
    return problem("cannot be parsed: ", token.error().message);
  }
  if (const auto checked = aws::check_claims(*token, rules_.audience, clock_.wall()); !checked) {
    return problem("failed basic claim validations: ", checked.error().message);
  }
  return token;
}

std::optional<Answer> PodIdentity::refuse_signature(const aws::ServiceAccountToken& token, const Request& request,
                                                    Patience patience) {
  if (keys_ == nullptr) {
    return std::nullopt;
  }
  const auto keys = keys_->current();
  if (keys && aws::is_signed_by(*keys, token.key_id, token.algorithm, token.signed_part, token.signature)) {
    return std::nullopt;
  }
  const bool is_known = keys && (token.key_id.empty() || has_key(*keys, token.key_id));
  if (!is_known && patience == Patience::kMayWait) {
    return keys_->until_read_anew();
  }
  if (!keys) {
    return unavailable("the keys that tokens are verified with could not be read yet");
  }
  return refuse(request, Rule::kAuthorization, 400,
                fmt::format("JWT signature validation failed: cryptographic validation failed: {}",
                            is_known ? "signature is invalid" : "no matching key found for the token's kid"));
}

Answer PodIdentity::serve_role(source::Role& role, Patience patience) const {
  const auto state = role.state();
  switch (standing_of(*state, clock_.boot())) {
    case Standing::kGood: {
      Response response;
      response.status = 200;
      response.headers.add("Content-Type", "application/json");
      response.body = state->documents.pod_identity;
      return response;
    }
    case Standing::kCold:
      if (patience == Patience::kMayWait) {
        return until_settled(role);
      }
      return unavailable("the first credentials are still being fetched; ask again");
    case Standing::kRefused: {
      const auto refusal = state->error.value_or(Error{});
      return service_error(403, refusal.code, refusal.message);
    }
    case Standing::kAbsent:
      return state->error && state->error->kind == Error::Kind::kActionNeeded
                 ? service_error(503, state->error->code, why_absent(*state))
                 : unavailable(why_absent(*state));
  }
  return service_error(500, "InternalServerException", "this can not be");
}

Response PodIdentity::refuse(const Request& request, Rule rule, int status, std::string text) {
  refusals_.note(rule, request.peer.address, [&] { return text; });
  return text_response(status, std::move(text));
}

Answer ContainersAndPodIdentity::answer(const Request& request, Patience patience) {
  const bool is_pods = is_path(request) && !query_value(request.target, "id") && names_the_agent(request);
  return (is_pods ? pod_identity_ : containers_).answer(request, patience);
}

}  // namespace understudy::service
