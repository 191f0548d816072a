#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "understudy/base/http_client.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/url.hpp"

/// How commands call a server on this machine by where it listens.
namespace understudy::app {

/// Bytes of an answer: the status of 10,000 roles is of 2 MiB.
inline constexpr std::size_t kMostOfOwnAnswer = 16 * 1024 * 1024;

/// For one question that asks how somebody is: 2 s at the most.
[[nodiscard]] CallLimits probe_limits();

/// A request for `target` by the name that `url` has.
[[nodiscard]] Request request_to(const Url& url, std::string method, std::string target);

/// `http://127.0.0.1:1340/`; of a Unix socket `http://localhost/`, as every client of one has it.
[[nodiscard]] Url origin_of(const ListenAddress& address);

/// Over that socket, or without a proxy: none may come between, and see a token.
[[nodiscard]] std::unique_ptr<HttpClient> client_to(const ListenAddress& address);

}  // namespace understudy::app
