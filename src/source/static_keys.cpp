#include "understudy/source/static_keys.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

class StaticKeysBlueprint final : public Blueprint {
 public:
  explicit StaticKeysBlueprint(aws::Credentials keys) : keys_(std::move(keys)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<StaticKeys>(keys_, surroundings.clock);
  }
  [[nodiscard]] std::string describe() const override { return "static keys " + aws::masked_key_id(keys_); }
  [[nodiscard]] bool has_permanent_keys() const override { return !keys_.session_token; }

 private:
  aws::Credentials keys_;
};

std::unique_ptr<Blueprint> read_static_keys(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  aws::Credentials keys;
  Fields fields(entry.value, problems);
  keys.access_key_id = fields.required_text("access_key_id");
  keys.secret_access_key = fields.secret("secret_access_key").value_or(Secret());
  keys.session_token = fields.secret("session_token");
  keys.account_id = fields.text("account_id").value_or("");
  if (const auto text = fields.text("expiration")) {
    keys.expiration = parse_iso8601(*text);
    if (!keys.expiration) {
      fields.problem("expiration", "expected a time such as 2026-11-20T23:37:24Z");
    }
  }
  fields.finish();
  if (problems.size() == before && keys.secret_access_key.empty()) {
    fields.problem("", "\"secret_access_key\" is required here and is missing or empty");
  }
  if (keys.session_token && keys.session_token->empty()) {
    fields.problem("session_token", "expected a session token, found an empty one");
  }
  return problems.size() == before ? std::make_unique<StaticKeysBlueprint>(std::move(keys)) : nullptr;
}

}  // namespace

std::optional<Error> ended_keys(const aws::Credentials& keys, WallTime now, std::string_view place) {
  if (!keys.expiration || !keys.has_ended(now)) {
    return std::nullopt;
  }
  return Error{
      Error::Kind::kActionNeeded, "KeysEnded",
      fmt::format("the keys in {} ended at {}: put newer ones there", place, format_iso8601(*keys.expiration))};
}

Result<aws::Credentials> StaticKeys::get(Freshness) {
  const auto now = clock_.wall();
  if (auto ended = ended_keys(keys_, now, "the configuration")) {
    return *std::move(ended);
  }
  auto out = keys_;
  out.obtained = now;
  return out;
}

Kind static_keys_kind() { return {"static", read_static_keys}; }

}  // namespace understudy::source
