#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "fakes/running_server.hpp"
#include "fakes/tls_client.hpp"
#include "understudy/base/authority.hpp"
#include "understudy/http/server.hpp"
#include "understudy/http/tls.hpp"

namespace understudy::http {

inline const WallTime kNow = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());

/// A server that speaks TLS, and the authority that its clients may trust.
struct TlsServing {
  explicit TlsServing(fakes::FakeHandler::Function function = fakes::answer_plain, Limits limits = {},
                      ServerSettings settings = {})
      : handler(std::move(function)),
        server({{"test", "127.0.0.1", 0, handler, limits, nullptr, "", false, 0,
                 TlsContext::make(authority.issue({"understudy", "127.0.0.1"}, kNow)).value()}},
               settings, log, clock) {
    bound = server.start().value().at(0);
  }
  [[nodiscard]] fakes::TlsClient connect(fakes::TlsManners manners = {}) const { return {bound.port, manners}; }
  [[nodiscard]] fakes::RawSocket connect_plainly() const { return fakes::RawSocket::connect_to(bound.port); }
  /// Who trusts us and calls us so.
  [[nodiscard]] fakes::TlsManners calling(std::string host) const {
    return {.trusted_pem = authority.certificate_pem(), .host = std::move(host)};
  }

  Authority authority = Authority::make({}, kNow);
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler;
  Server server;
  BoundAddress bound;
};

}  // namespace understudy::http
