#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "understudy/base/counter.hpp"

namespace understudy::http {

/// What a listener has done since its start, as read at one moment. A plain value.
struct Traffic {
  /// Why a request came to no handler, by the status that its client got.
  struct Cause {
    int status;
    std::string_view word;
  };
  static constexpr std::array<Cause, 7> kCauses{{{400, "malformed"},
                                                 {411, "transfer_encoding"},
                                                 {413, "body_too_long"},
                                                 {414, "request_line_too_long"},
                                                 {417, "expectation"},
                                                 {431, "head_too_long"},
                                                 {505, "http_version"}}};
  static constexpr std::array<std::string_view, 4> kClasses{"2xx", "3xx", "4xx", "5xx"};

  std::string listener;                                  ///< Its name: `imds`.
  std::array<std::uint64_t, kClasses.size()> answers{};  ///< In kClasses' order; refusals are among them.
  std::array<std::uint64_t, kCauses.size()> refused{};   ///< In kCauses' order.
  /// From the last byte of a request until its answer is ready to be sent; refused ones are not in it.
  LatencyCounts latency;
  std::uint64_t accepted = 0;  ///< Connections.
  std::uint64_t open = 0;      ///< Those of them that are.
  std::uint64_t evicted = 0;   ///< Those that had to make room, for newer ones or what others send, or found none.
  /// Not among `accepted`: they came from outside this host to a link-local address of its own.
  std::uint64_t turned_away = 0;
};

}  // namespace understudy::http
