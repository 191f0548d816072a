#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/result.hpp"

namespace understudy::http {

/// A host's addresses as text, in the order in which they are to be tried; at least one. It may block for as long as it
/// likes, is called on threads that nobody waits for, and outlives the client: it holds nothing by reference. Errors:
/// kUnavailable (`ConnectionError`), the message half a sentence without the name.
using NameLookup = std::function<Result<std::vector<std::string>>(const std::string& host)>;

struct ClientSettings {
  /// PEM file of the authorities to trust (AWS_CA_BUNDLE); nullopt: the system's.
  std::optional<std::filesystem::path> ca_bundle{};
  /// Where proxies are read from, by the rules of proxy.hpp.
  Environment environment{};
  /// How names are found; empty: by the system's resolver.
  NameLookup lookup{};
  /// Where every origin is, whatever its host is called; empty: where its host's name leads.
  std::string address{};
  /// Each certificate in `ca_bundle` is believed by itself, also a server's own and one whose issuer is not there.
  bool trusts_each = false;
};

/// The network: HTTP/1.1 over cpp-httplib, one connection for each call.
///
/// TLS is 1.2 or newer; the certificate has to name the origin's host, or its address, in its subjectAltName (the
/// common name does not count, and a wildcard stands for one whole label): RFC 9525. An answer shorter than its
/// Content-Length, or without the end of its chunks, is `Truncated`; one with neither ends where the peer closes, over
/// TLS where it says so by close_notify (RFC 9112 section 9.8). A head of more than 16 KiB, a status line of more than
/// 1 KiB, another line of more than 8 KiB, and chunks that are more frame than bytes (AnswerBounds) are `TooLarge`, a
/// proxy's answer to CONNECT likewise. Redirects are answers like others; nothing is compressed or unpacked.
///
/// Sent are the request's headers, Host (the origin's, where the request has none), Content-Length and `Connection:
/// close`; releases of the library before 0.18 add `Accept` and `User-Agent` where the request has none. Newer releases
/// decode a query and encode it again: write it percent-encoded as SigV4 does, which reads as the same. A proxy's
/// credentials go to the proxy alone.
///
/// Besides the codes of HttpClient::send: kInvalid with `InvalidProxy` (proxy.hpp), and with `BadRequest`, nothing
/// being sent, where target or fields have control characters other than a field's tab. `CallLimits::connect` holds for
/// each of the host's addresses in turn, so that a dead one does not hide the next, `total` for all of it, the
/// lookup of the host's name, or of the proxy's, included.
class NetworkClient final : public HttpClient {
 public:
  explicit NetworkClient(ClientSettings settings);
  ~NetworkClient() override;

  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) override;

  /// Ends the calls under way, and every later one, with `ConnectionError`: for the end of the program. Thread-safe.
  void stop_all();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::http
