#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "understudy/http/holdings.hpp"

namespace understudy::http {

/// What a handshake of TLS takes from the client's greeting to its end, beside what every connection does: 41 KiB by
/// measure, of which OpenSSL's buffers for records and messages are 32.
inline constexpr std::size_t kHandshakeBytes = 44 * 1024;

/// Bytes that a client may send in its handshake. OpenSSL makes room for a greeting of 128 KiB before anybody has said
/// who he is; real ones, with keys against quantum computers too, have less than 4 KiB.
inline constexpr std::size_t kLongestHandshake = 16 * 1024;

/// How many bytes more it takes, at least, until a client's greeting (RFC 8446, 4.1.2: the message ClientHello, in one
/// record or several) is whole; `bytes` is what has come. 0: it is whole, or these are no greeting, or there may be no
/// more of them. Until then nobody needs a TLS session, which costs twenty times as much as keeping the bytes. Pure.
std::size_t missing_of_greeting(std::string_view bytes);

/// Who of those that wait for a place goes next, by their places in `waiting`: at most `places`, the newest of the
/// source that has least under way, then those of the source that has least after it; sources that have the same are
/// as one. The newest, because under a flood the oldest have given up, or belong to it. Pure.
std::vector<std::size_t> choose_next(const std::vector<Holding>& under_way, const std::vector<Holding>& waiting,
                                     std::size_t places);

}  // namespace understudy::http
