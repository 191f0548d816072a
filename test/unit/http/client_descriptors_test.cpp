#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "fakes/raw_socket.hpp"
#include "fakes/sanitizer.hpp"
#include "fakes/stopwatch.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawSocket;

namespace {

/// A port that takes connections, and whoever connects waits without end.
struct SilentPort {
  SilentPort() {
    auto address = RawSocket::loopback(0);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket.fd(), 16) == 0);
    REQUIRE(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
  }

  RawSocket socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;
};

/// Lets the process have so many descriptors more, until the end of the scope.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int next = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
    REQUIRE(next >= 0);
    ::close(next);
    const rlimit few{static_cast<rlim_t>(next) + more, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

// Sanitizers want descriptors of their own.
TEST_CASE("a call that could not be ended, for want of a descriptor, is an error at once" *
          doctest::skip(fakes::kIsSanitized)) {
  const SilentPort server;
  NetworkClient client({});
  const Url origin{"http", "127.0.0.1", server.port, "/"};
  const FewDescriptors one(1);
  const auto taken = fakes::time_of([&] {
    const auto response = client.send(origin, {"GET", "/", {}, "", {}}, {10s, 10s, 1024});
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == Error::Kind::kUnavailable);
    CHECK(response.error().code == "ConnectionError");
    CHECK(response.error().message.find("ulimit -n raises the limit") != std::string::npos);
  });
  CHECK(taken < 5s);
}
