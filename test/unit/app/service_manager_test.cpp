#include "understudy/app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <string>
#include <vector>

#include "fakes/raw_socket.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using namespace std::chrono_literals;

/// What systemd is to a service: a datagram socket at `name`, or in the abstract namespace for `@..`.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    address_.sun_family = AF_UNIX;
    std::ranges::copy(name, address_.sun_path);
    const bool is_abstract = name.starts_with('@');
    if (is_abstract) {
      address_.sun_path[0] = '\0';
    }
    size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1));
    REQUIRE(::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&address_), size_) == 0);
  }

  [[nodiscard]] std::string hear() const { return socket_.receive_some(); }
  /// Sends itself `full` until no more will go; returns how many went.
  [[nodiscard]] int fill() const {
    const fakes::RawSocket other(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int count = 0;
    while (::sendto(other.fd(), "full", 4, MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&address_), size_) == 4) {
      ++count;
    }
    return count;
  }
  [[nodiscard]] bool has_heard() const {
    char byte = 0;
    return ::recv(socket_.fd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0;
  }

 private:
  fakes::RawSocket socket_;
  sockaddr_un address_{};
  socklen_t size_ = 0;
};

Environment with_socket(const std::string& name) { return Environment({{"NOTIFY_SOCKET", name}}); }

TEST_CASE("the manager hears each note as one datagram, by a path or an abstract name") {
  const fakes::TempFolder folder;
  for (const auto& name : {(folder / "notify").string(), "@understudy-test-" + std::to_string(getpid())}) {
    CAPTURE(name);
    const Manager manager(name);
    const ServiceManager told(with_socket(name));
    CHECK(told.tell(ready_note("serving imds on 127.0.0.1:1338")));
    CHECK(told.tell(stopping_note("bye")));
    CHECK(manager.hear() == "READY=1\nSTATUS=serving imds on 127.0.0.1:1338\n");
    CHECK(manager.hear() == "STOPPING=1\nSTATUS=bye\n");
  }
}

TEST_CASE("a reload is told with the time of its begin") {
  CHECK(reloading_note(1234567us) == "RELOADING=1\nMONOTONIC_USEC=1234567\n");
}

TEST_CASE("without a manager there is nothing to tell, with one that can not be reached it fails") {
  const fakes::TempFolder folder;
  CHECK(ServiceManager(Environment()).tell("READY=1\n"));
  CHECK(ServiceManager(with_socket("")).tell("READY=1\n"));
  CHECK_FALSE(ServiceManager(with_socket((folder / "nobody").string())).tell("READY=1\n"));
  CHECK_FALSE(ServiceManager(with_socket("vsock:2:1234")).tell("READY=1\n"));
  CHECK_FALSE(ServiceManager(with_socket("/" + std::string(200, 'x'))).tell("READY=1\n"));
}

TEST_CASE("what can not be told has its reason") {
  const fakes::TempFolder folder;
  const auto nobody = ServiceManager(with_socket((folder / "nobody").string())).tell("READY=1\n");
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().message == "can not send to its socket: No such file or directory");
  const auto no_name = ServiceManager(with_socket("vsock:2:1234")).tell("READY=1\n");
  REQUIRE_FALSE(no_name);
  CHECK(no_name.error().message.find("no path and no @name") != std::string::npos);
}

TEST_CASE("a manager whose queue is full is waited for, and what may get lost is not") {
  const fakes::TempFolder folder;
  const Manager manager((folder / "notify").string());
  const ServiceManager told(with_socket((folder / "notify").string()));
  const int notes = manager.fill();
  told.mention("WATCHDOG=1\n");
  auto ready = std::async(std::launch::async, [&] { return told.tell("READY=1\n"); });
  for (int i = 0; i < notes; ++i) {
    CHECK(manager.hear() == "full");
  }
  CHECK(manager.hear() == "READY=1\n");
  CHECK(ready.get());
}

TEST_CASE("the watchdog's interval is ours alone") {
  struct Row {
    std::string usec;
    std::string pid;
    std::optional<std::chrono::microseconds> interval;
  };
  const std::vector<Row> rows{{"30000000", "7", 30s},     {"30000000", "", 30s},    {"30000000", "8", std::nullopt},
                              {"", "7", std::nullopt},    {"0", "7", std::nullopt}, {"-1", "7", std::nullopt},
                              {"soon", "7", std::nullopt}};
  for (const auto& row : rows) {
    CAPTURE(row.usec);
    CAPTURE(row.pid);
    std::map<std::string, std::string, std::less<>> variables{{"WATCHDOG_USEC", row.usec}};
    if (!row.pid.empty()) {
      variables["WATCHDOG_PID"] = row.pid;
    }
    CHECK(watchdog_interval(Environment(variables), 7) == row.interval);
  }
}

TEST_CASE("the manager hears again and again that all is well") {
  const fakes::TempFolder folder;
  const Manager manager((folder / "notify").string());
  const ServiceManager told(with_socket((folder / "notify").string()));
  const Watchdog watchdog(told, 2ms, [] { return true; });
  CHECK(manager.hear() == "WATCHDOG=1\n");
  CHECK(manager.hear() == "WATCHDOG=1\n");
}

TEST_CASE("the manager hears nothing where it is not well") {
  const fakes::TempFolder folder;
  const Manager manager((folder / "notify").string());
  const ServiceManager told(with_socket((folder / "notify").string()));
  std::atomic<int> looks = 0;
  std::promise<void> looked_twice;
  {
    const Watchdog watchdog(told, 2ms, [&] {
      if (++looks == 2) {
        looked_twice.set_value();
      }
      return false;
    });
    looked_twice.get_future().wait();
  }
  CHECK_FALSE(manager.has_heard());
}

TEST_CASE("without an interval nobody looks") {
  const ServiceManager told(with_socket(""));
  bool looked = false;
  {
    const Watchdog watchdog(told, std::nullopt, [&] { return looked = true; });
  }
  CHECK_FALSE(looked);
}

}  // namespace
}  // namespace understudy::app
