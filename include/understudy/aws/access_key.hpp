#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The ids that IAM and STS give out. Pure; thread-safe.
namespace understudy::aws {

/// An access key id of AWS's form: 4 letters of prefix (`AKIA`: long-term, `ASIA`: temporary) and 16 of base32, which
/// hold the account as real ones do: a set bit, 40 bits of account, 39 bits that are free.
///
///     make_access_key_id("ASIA", "111122223333", random_bytes(5)) == "ASIARTXVGZ5GF7VSKJSW" (say)
///
/// REQUIRES: `prefix` has 4 characters, `account` 12 digits, `entropy` 5 bytes, of which 39 bits count.
[[nodiscard]] std::string make_access_key_id(std::string_view prefix, std::string_view account,
                                             std::string_view entropy);

/// The account in an id of that form; nullopt for anything else, among it AWS's oldest keys, which hold none.
[[nodiscard]] std::optional<std::string> account_of_access_key_id(std::string_view access_key_id);

/// `AROA` or `AIDA` and 17 of base32, always the same for the same `of`: the unique id of a role or user that exists
/// nowhere but in its ARN. REQUIRES: `prefix` has 4 characters.
[[nodiscard]] std::string make_unique_id(std::string_view prefix, std::string_view of);

}  // namespace understudy::aws
