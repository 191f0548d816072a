#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/keys.hpp"
#include "understudy/base/result.hpp"

/// Sessions of `aws login`: the file in which the AWS CLI keeps one, and what AWS Sign-In says and wants to hear when
/// it is renewed (botocore 1.43: LoginCredentialFetcher, its model of signin 2023-01-01 and the endpoint rule set
/// beside it; RFC 9449 for DPoP). Pure but for the randomness of a signature; thread-safe.
namespace understudy::aws {

/// The file's name: the SHA-256 of the profile's `login_session`, trimmed, in hex, and `.json`.
[[nodiscard]] std::string login_cache_name(std::string_view login_session);

/// `us-east-1.signin.aws.amazon.com`. REQUIRES: check_region(region).
[[nodiscard]] std::string signin_host(std::string_view region);

/// What is needed of the file:
///
///     {"accessToken": {"accessKeyId": .., "secretAccessKey": .., "sessionToken": .., "accountId": "111122223333",
///                      "expiresAt": "2026-11-20T23:37:24Z"},
///      "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": .., "dpopKey": "-----BEGIN EC PRIVATE .."}
struct LoginSession {
  Credentials credentials;  ///< Complete, with `expiration`; `obtained` is not set.
  std::string client_id;    ///< This and the next two are needed to renew it; empty where the file has none.
  Secret refresh_token;
  Secret dpop_key;  ///< PEM.
};

/// kInvalid (code `BadLoginSession`) where the text is no JSON object, or `accessToken` is not complete. The message is
/// half a sentence, such as `accessToken.expiresAt is missing`, and holds no value.
Result<LoginSession> read_login_session(std::string_view text);

struct LoginRenewal {
  Credentials credentials;  ///< With `expiration` and `obtained`; without an account, which sign-in does not tell.
  Secret refresh_token;     ///< It takes the place of the one that was sent.
};

/// Sign-in's answer to a refresh, got at `now`: `{"accessToken": {..}, "tokenType": "aws_sigv4", "expiresIn": 900,
/// "refreshToken": ..}`. kUnavailable (`BadAnswer`) where something of it is missing.
Result<LoginRenewal> read_login_renewal(const nlohmann::json& answer, WallTime now);

/// The file's text with the renewal in it; every other member stays, also those that nobody here knows.
/// REQUIRES: read_login_session(text).
[[nodiscard]] std::string renewed_login_text(std::string_view text, const LoginRenewal& renewal);

/// What is sent as `DPoP`, the proof that the sender has the session's key: a JWT over method and URL, signed by ES256
/// with the public key in its header (RFC 9449, section 4.2). `url` is without query; `id` is used once.
/// REQUIRES: key.p256_point().
[[nodiscard]] std::string dpop_proof(const PrivateKey& key, std::string_view method, std::string_view url, WallTime now,
                                     std::string_view id);

}  // namespace understudy::aws
