#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/raw_socket.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/http/server.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

/// The sockets of this process that a program it starts would have too.
std::vector<int> inherited_sockets() {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int descriptor = std::stoi(entry.path().filename().string());
    struct stat facts{};
    const bool is_socket = fstat(descriptor, &facts) == 0 && S_ISSOCK(facts.st_mode);
    if (is_socket && (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0) {
      found.push_back(descriptor);
    }
  }
  return found;
}

TEST_CASE("a program that is started has neither the listeners nor their connections") {
  fakes::RecordingLog log;
  const fakes::FakeClock clock;
  fakes::FakeHandler handler([](const Request&, Patience) { return Response{200, {}, "here", {}}; });
  const auto before = inherited_sockets();
  Server server({{"one", "127.0.0.1", 0, handler, {}}, {"two", "127.0.0.1", 0, handler, {}}}, {}, log, clock);
  const auto bound = server.start();
  REQUIRE(bound.has_value());
  const auto client = fakes::RawSocket::connect_to(bound->at(0).port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(client.receive_until("here").starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(inherited_sockets() == before);
}

}  // namespace
}  // namespace understudy::http
