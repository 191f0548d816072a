#pragma once

#include <string>
#include <string_view>

#include "understudy/base/http_client.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"
#include "understudy/config/config.hpp"

namespace understudy::app {

/// Whether the server that opened `listeners` is ready, by the first of them that somebody listens on, in this order:
///
/// | listener | what is asked | ready |
/// |---|---|---|
/// | admin, containers, pod_identity | GET /readyz | 200 |
/// | imds | a token, the role's name, its credentials, as a client does | there is no role, or `Code` is `Success` |
/// | sts | GET / | any answer: it tells nothing without a proof of who asks |
///
/// Only the first three answer for every role that is to be played. No token of ours is needed anywhere. Gives words
/// for people: `ready`. Errors, with a message that says what is missing: kInvalid `NoAddress` (no listener, or none
/// with a port of the configuration's), kUnavailable `NoServer` (nobody listens there), `NotReady`, and HttpClient's.
/// No secret of an answer is in any of them. Blocks, 2 s at the most for each question. `tls_name`: containers is asked
/// by https and that name, and `http` has to trust its certificate.
Result<std::string> health_of(HttpClient& http, const config::Listeners& listeners, const std::string& tls_name = {});

/// Those whose answers can be had and believed on this machine: plain ones, and containers. By TLS nobody is asked over
/// a Unix socket, and nobody who answers only to those that prove who they are.
[[nodiscard]] config::Listeners askable_listeners(const config::Config& config);

/// The same by one URL, whose path is `/readyz` where it has none: ready is 200. An IMDS, which has no such path, and
/// Pod Identity, which answers its pods alone, are then asked as above.
Result<std::string> health_at(HttpClient& http, Url url);

}  // namespace understudy::app
