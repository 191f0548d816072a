#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

/// Byte strings in, byte strings out. A failure of OpenSSL itself is a fault and throws std::runtime_error.
/// Thread-safe.
using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest sha256(std::string_view data);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view data);
[[nodiscard]] std::string_view bytes_of(const Digest& digest);
/// 20 raw bytes; only for names of files that others chose (the SSO cache).
[[nodiscard]] std::string sha1(std::string_view data);

/// 20 raw bytes; only for one-time passwords, which are made so.
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view data);

/// Lower case.
[[nodiscard]] std::string hex(std::string_view data);
/// nullopt for an odd length or a byte that is no hex digit.
[[nodiscard]] std::optional<std::string> unhex(std::string_view text);

/// RFC 4648 section 4, padded.
[[nodiscard]] std::string base64(std::string_view data);
[[nodiscard]] std::optional<std::string> unbase64(std::string_view text);
/// RFC 4648 section 5, without padding. Decoding takes the canonical form only: what it returns encodes to the text.
[[nodiscard]] std::string base64url(std::string_view data);
[[nodiscard]] std::optional<std::string> unbase64url(std::string_view text);

/// From the system's generator.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// AES-256-GCM with a random 12-byte nonce: nonce + ciphertext + 16-byte tag. REQUIRES: `key` has 32 bytes.
[[nodiscard]] std::string seal(std::string_view key, std::string_view plain, std::string_view associated_data);
/// nullopt where any byte of it, or the associated data, is not what was sealed.
[[nodiscard]] std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                                std::string_view associated_data);

}  // namespace understudy
