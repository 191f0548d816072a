#include "understudy/aws/jwks.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "jwt_parts.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/base/crypto.hpp"

namespace understudy::aws {
namespace {

using Json = nlohmann::json;

std::optional<PublicKey> key_in(const Json& item) {
  const auto bytes = [&](const char* name) { return unbase64url(json_text(item, name)).value_or(""); };
  const auto kind = json_text(item, "kty");
  if (kind == "RSA") {
    return PublicKey::rsa(bytes("n"), bytes("e"));
  }
  return kind == "EC" ? PublicKey::ec(json_text(item, "crv"), bytes("x"), bytes("y")) : std::nullopt;
}

}  // namespace

Result<JsonWebKeys> parse_jwks(std::string_view text, std::string_view place) {
  const auto json = parse_object(text);
  const auto list = json.find("keys");
  JsonWebKeys keys;
  if (list != json.end() && list->is_array()) {
    for (const auto& item : *list) {
      const auto use = json_text(item, "use");
      auto key = item.is_object() && (use.empty() || use == "sig") ? key_in(item) : std::nullopt;
      if (key) {
        keys.push_back({json_text(item, "kid"), json_text(item, "alg"), *std::move(key)});
      }
    }
  }
  if (keys.empty()) {
    return Error{Error::Kind::kInvalid, "BadKeySet",
                 fmt::format("{} holds no key to verify with: expected a JSON Web Key Set with RSA or EC keys, such as "
                             "kubectl get --raw /openid/v1/jwks prints",
                             place)};
  }
  return keys;
}

bool is_signed_by(const JsonWebKeys& keys, std::string_view id, std::string_view algorithm, std::string_view data,
                  std::string_view signature) {
  return std::ranges::any_of(keys, [&](const JsonWebKey& each) {
    const bool is_meant = (id.empty() || each.id == id) && (each.algorithm.empty() || each.algorithm == algorithm);
    return is_meant && each.key.verifies(algorithm, data, signature);
  });
}

}  // namespace understudy::aws
