#include "understudy/app/launch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "understudy/app/listeners.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr pid_t kSelf = 77;

/// Listening sockets as descriptors 3, 4 and on, where a service manager passes them.
class Passed {
 public:
  explicit Passed(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const int place = 3 + static_cast<int>(i);
      before_.push_back(fcntl(place, F_DUPFD_CLOEXEC, 100));
      const auto socket = http::OpenSocket::listen("", {"127.0.0.1", 0});
      REQUIRE(socket);
      addresses.push_back(socket->address());
      kept_.push_back(fcntl(socket->descriptor(), F_DUPFD_CLOEXEC, 100));
    }
    for (std::size_t i = 0; i < count; ++i) {
      dup2(kept_[i], 3 + static_cast<int>(i));
      close(kept_[i]);
    }
  }
  Passed(const Passed&) = delete;
  Passed& operator=(const Passed&) = delete;
  ~Passed() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      close(3 + static_cast<int>(i));
      if (before_[i] >= 0) {
        dup2(before_[i], 3 + static_cast<int>(i));
        close(before_[i]);
      }
    }
  }

  std::vector<ListenAddress> addresses;

 private:
  std::vector<int> before_;
  std::vector<int> kept_;
};

Environment passing(const std::string& count, const std::string& names, const std::string& pid = "77") {
  return Environment({{"LISTEN_FDS", count}, {"LISTEN_FDNAMES", names}, {"LISTEN_PID", pid}});
}

TEST_CASE("sockets are passed to the listeners of their names") {
  const Passed passed(2);
  const auto sockets = inherited_sockets(passing("2", "containers:imds"), kSelf, {});
  REQUIRE(sockets);
  REQUIRE(sockets->size() == 2);
  CHECK(sockets->at(0).name() == "containers");
  CHECK(sockets->at(0).address() == passed.addresses[0]);
  CHECK(sockets->at(1).name() == "imds");
  CHECK(sockets->at(1).address() == passed.addresses[1]);
}

TEST_CASE("a socket of another name is the listener's that is configured there") {
  const Passed passed(2);
  config::Listeners listen;
  listen.imds = passed.addresses[1];
  listen.admin = passed.addresses[0];
  const auto sockets = inherited_sockets(passing("2", "understudy.socket:understudy.socket"), kSelf, listen);
  REQUIRE(sockets);
  REQUIRE(sockets->size() == 2);
  CHECK(sockets->at(0).name() == "admin");
  CHECK(sockets->at(1).name() == "imds");
}

TEST_CASE("nothing is taken where nothing is passed, or to another process") {
  for (const auto& environment :
       {Environment(), passing("1", "imds", "78"), passing("0", ""), passing("", ""), passing("-1", ""),
        passing("two", "imds:containers"), Environment({{"LISTEN_FDS", "1"}, {"LISTEN_FDNAMES", "imds"}})}) {
    const auto sockets = inherited_sockets(environment, kSelf, {});
    REQUIRE(sockets);
    CHECK(sockets->empty());
  }
}

TEST_CASE("a socket that is no listener's, or a second one, is refused with what to write") {
  struct Row {
    std::string count;
    std::string names;
    std::string words;
  };
  const std::vector<Row> rows{{"1", "web", "under the name \"web\", which is no listener's; write FileDescriptorName="},
                              {"1", "", "under the name \"\", which is no listener's"},
                              {"2", "imds:imds", "under the name \"imds\", and so is another one"}};
  for (const auto& row : rows) {
    const Passed passed(2);
    const auto sockets = inherited_sockets(passing(row.count, row.names), kSelf, {});
    REQUIRE_FALSE(sockets);
    CAPTURE(sockets.error().message);
    CHECK(sockets.error().code == "BadSocketName");
    CHECK(sockets.error().kind == Error::Kind::kInvalid);
    CHECK(sockets.error().message.find(row.words) != std::string::npos);
  }
}

class Nobody final : public Handler {
 public:
  Answer answer(const Request& /*request*/, Patience /*patience*/) override { return Response{}; }
};

TEST_CASE("a listener gets the socket of its name, and one without anybody behind it does not open") {
  Nobody handler;
  std::vector<http::OpenSocket> sockets;
  sockets.push_back(http::OpenSocket::listen("containers", {"127.0.0.1", 0}).value());
  config::Listeners listen;
  listen.imds = ListenAddress{"127.0.0.1", 1338};
  listen.containers = sockets[0].address();
  listen.sts = ListenAddress{"127.0.0.1", 1341};
  const auto listeners = listeners_of(listen, {&handler, &handler, nullptr, nullptr, &handler, "no HTTP"}, sockets);
  REQUIRE(listeners.size() == 2);
  CHECK(listeners[0].name == "imds");
  CHECK(listeners[0].port == 1338);
  CHECK(listeners[0].socket == nullptr);
  CHECK(listeners[0].bad_request == "no HTTP");
  CHECK(listeners[1].name == "containers");
  CHECK(listeners[1].socket == &sockets[0]);
  CHECK(listeners[1].bad_request.empty());
}

TEST_CASE("STS takes bodies of 256 KiB, the operator's endpoint of 64, and every other of 4") {
  Nobody nobody;
  config::Listeners listen;
  for (auto* const address : {&listen.imds, &listen.containers, &listen.pod_identity, &listen.sts, &listen.admin}) {
    *address = ListenAddress{"127.0.0.1", 0};
  }
  std::map<std::string, std::size_t> kibibytes;
  for (const auto& listener : listeners_of(listen, {&nobody, &nobody, &nobody, &nobody, &nobody}, {})) {
    CHECK(listener.limits.body % 1024 == 0);
    kibibytes[listener.name] = listener.limits.body / 1024;
  }
  CHECK(kibibytes == std::map<std::string, std::size_t>{
                         {"imds", 4}, {"containers", 4}, {"pod_identity", 4}, {"sts", 256}, {"admin", 64}});
}

}  // namespace
}  // namespace understudy::app
