#include "understudy/http/open_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/running_server.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

using fakes::RawSocket;

OpenSocket open_one() { return OpenSocket::listen("imds", {"127.0.0.1", 0}).value(); }

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

TEST_CASE("who connects before there is a server is served by it") {
  const auto socket = open_one();
  CHECK(socket.name() == "imds");
  CHECK(socket.address().address == "127.0.0.1");
  const auto early = RawSocket::connect_to(socket.address().port);
  early.send(fakes::kGet);
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler(fakes::answer_plain);
  Server server({{"imds", "ignored", 1, handler, {}, &socket}}, {3}, log, clock);
  const auto bound = server.start();
  REQUIRE(bound);
  CHECK(bound->at(0).address == "127.0.0.1");
  CHECK(bound->at(0).port == socket.address().port);
  CHECK(early.receive_until("here").ends_with("here"));
  for (int i = 0; i < 8; ++i) {
    const auto client = RawSocket::connect_to(socket.address().port);
    client.send(fakes::kGet);
    CHECK(client.receive_until("here").ends_with("here"));
  }
}

TEST_CASE("nobody can connect once the server and the socket are gone") {
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler(fakes::answer_plain);
  std::uint16_t port = 0;
  {
    std::optional<OpenSocket> socket = open_one();
    port = socket->address().port;
    Server server({{"imds", "", 0, handler, {}, &*socket}}, {}, log, clock);
    REQUIRE(server.start());
    socket.reset();
    const auto client = RawSocket::connect_to(port);
    client.send(fakes::kGet);
    CHECK(client.receive_until("here").ends_with("here"));
  }
  CHECK_THROWS(RawSocket::connect_to(port));
}

TEST_CASE("a port that is taken can not be opened again") {
  const auto first = open_one();
  const auto second = OpenSocket::listen("containers", first.address());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == "AddressInUse");
  CHECK(second.error().message.starts_with("containers can not listen on 127.0.0.1:"));
}

TEST_CASE("a listening socket of somebody else's is taken over, and kept from programs that are started") {
  const int descriptor = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor);
    MESSAGE("this machine has no IPv6 loopback");
    return;
  }
  REQUIRE(::listen(descriptor, 4) == 0);
  {
    const auto socket = OpenSocket::adopt("imds", descriptor);
    REQUIRE(socket);
    CHECK(socket->address().address == "::1");
    CHECK(socket->address().port > 0);
    CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK_FALSE(is_open(descriptor));
}

TEST_CASE("what is no listening TCP socket is refused, and closed") {
  struct Row {
    const char* what;
    int descriptor;
  };
  const std::vector<Row> rows{{"a datagram socket", ::socket(AF_INET, SOCK_DGRAM, 0)},
                              {"a Unix socket", ::socket(AF_UNIX, SOCK_STREAM, 0)},
                              {"a TCP socket that does not listen", ::socket(AF_INET, SOCK_STREAM, 0)},
                              {"a file", ::open("/dev/null", O_RDONLY | O_CLOEXEC)}};
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto socket = OpenSocket::adopt("imds", row.descriptor);
    REQUIRE_FALSE(socket);
    CHECK(socket.error().code == "NotAListeningSocket");
    CHECK(socket.error().kind == Error::Kind::kInvalid);
    CHECK_FALSE(is_open(row.descriptor));
  }
}

TEST_CASE("a socket that is moved is closed once") {
  auto first = open_one();
  const int descriptor = first.descriptor();
  {
    auto second = std::move(first);
    CHECK(second.descriptor() == descriptor);
    second.rename("sts");
    CHECK(second.name() == "sts");
  }
  CHECK_FALSE(is_open(descriptor));
}

}  // namespace
}  // namespace understudy::http
