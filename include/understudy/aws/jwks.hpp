#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/public_key.hpp"
#include "understudy/base/result.hpp"

namespace understudy::aws {

/// A key by which an OpenID Connect provider signs, such as a Kubernetes API server.
struct JsonWebKey {
  std::string id;         ///< `kid`; empty where absent.
  std::string algorithm;  ///< `alg`; empty where absent: any that fits the key.
  PublicKey key;
};
using JsonWebKeys = std::vector<JsonWebKey>;

/// Reads a JSON Web Key Set (RFC 7517): `{"keys": [{"kty": "RSA", "kid": "..", "alg": "RS256", "n": "..", "e":
/// ".."}]}`. Keys of other kinds, for other uses than `sig`, and those that PublicKey refuses are passed over, as
/// section 5 demands. Pure; thread-safe.
///
/// kInvalid, code `BadKeySet`: no such JSON, or none of its keys can verify anything. `place` names it in the message:
/// `/etc/understudy/jwks.json`.
Result<JsonWebKeys> parse_jwks(std::string_view text, std::string_view place);

/// Whether one of `keys` made `signature` over `data` by `algorithm`. Where `id` is not empty, the keys with that id
/// alone are asked.
[[nodiscard]] bool is_signed_by(const JsonWebKeys& keys, std::string_view id, std::string_view algorithm,
                                std::string_view data, std::string_view signature);

}  // namespace understudy::aws
