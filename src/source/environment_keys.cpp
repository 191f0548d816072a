#include "understudy/source/environment_keys.hpp"

#include <fmt/format.h>

#include "understudy/base/time_text.hpp"
#include "understudy/source/static_keys.hpp"

namespace understudy::source {
namespace {

class EnvironmentKeysBlueprint final : public Blueprint {
 public:
  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<EnvironmentKeys>(surroundings.environment, surroundings.clock);
  }
  [[nodiscard]] std::string describe() const override { return "keys in the environment"; }
};

std::unique_ptr<Blueprint> read_environment_keys(const RoleEntry& entry, std::vector<Problem>& problems) {
  if (entry.value.kind != Node::Kind::kScalar || entry.value.quoted || entry.value.scalar != "true") {
    problems.push_back({entry.value.path, entry.value.line, "expected true (environment: true)"});
    return nullptr;
  }
  return std::make_unique<EnvironmentKeysBlueprint>();
}

Error half_a_pair(std::string_view there, std::string_view missing) {
  return {Error::Kind::kInvalid, "HalfAPair",
          fmt::format("the environment has {} and no {}: set both or neither", there, missing)};
}

}  // namespace

Result<aws::Credentials> keys_in(const Environment& environment, WallTime now) {
  constexpr std::string_view kId = "AWS_ACCESS_KEY_ID";
  constexpr std::string_view kSecret = "AWS_SECRET_ACCESS_KEY";
  const auto id = environment.get(kId);
  const auto secret = environment.get(kSecret);
  if (!id && !secret) {
    return Error{Error::Kind::kNotFound, "NoKeys",
                 "the environment has no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"};
  }
  if (!id || !secret) {
    return id ? half_a_pair(kId, kSecret) : half_a_pair(kSecret, kId);
  }
  aws::Credentials keys;
  keys.access_key_id = *id;
  keys.secret_access_key = Secret(*secret);
  keys.obtained = now;
  keys.account_id = environment.get("AWS_ACCOUNT_ID").value_or("");
  if (const auto token = environment.get("AWS_SESSION_TOKEN")) {
    keys.session_token = Secret(*token);
  }
  if (const auto text = environment.get("AWS_CREDENTIAL_EXPIRATION")) {
    keys.expiration = parse_iso8601(*text);
    if (!keys.expiration) {
      return Error{Error::Kind::kInvalid, "BadExpiration",
                   "AWS_CREDENTIAL_EXPIRATION is no time such as 2026-11-20T23:37:24Z"};
    }
  }
  if (auto ended = ended_keys(keys, now, "the environment")) {
    return *std::move(ended);
  }
  return keys;
}

Result<aws::Credentials> EnvironmentKeys::get(Freshness) { return keys_in(environment_, clock_.wall()); }

std::vector<aws::Credentials> EnvironmentKeys::own_keys() {
  auto keys = keys_in(environment_, clock_.wall());
  return keys ? std::vector{*std::move(keys)} : std::vector<aws::Credentials>{};
}

Kind environment_keys_kind() { return {"environment", read_environment_keys}; }

}  // namespace understudy::source
