#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/raw_socket.hpp"
#include "fakes/recording_log.hpp"
#include "fakes/stopwatch.hpp"
#include "understudy/http/server.hpp"

namespace understudy::fakes {

inline const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

inline Response plain(std::string body) { return {200, {}, std::move(body), {}}; }

/// A server on a port of its own, with a handler that is a function.
struct RunningServer {
  explicit RunningServer(FakeHandler::Function function, http::Limits limits = {}, http::ServerSettings settings = {})
      : handler(std::move(function)), server({{"test", "127.0.0.1", 0, handler, limits}}, settings, log, clock) {
    port = server.start().value().at(0).port;
  }
  [[nodiscard]] RawSocket connect() const { return RawSocket::connect_to(port); }

  RecordingLog log;
  FakeClock clock;
  FakeHandler handler;
  http::Server server;
  std::uint16_t port = 0;
};

inline Answer answer_plain(const Request& /*request*/, Patience /*patience*/) { return plain("here"); }

}  // namespace understudy::fakes
