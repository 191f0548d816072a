#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

#include "fakes/running_server.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::answer_plain;
using fakes::kGet;
using fakes::plain;
using fakes::RawSocket;
using fakes::time_of;
using Running = fakes::RunningServer;

namespace {

/// That all threads of the process have had.
std::chrono::nanoseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// From which on everybody may have it; 0 where Linux does not tell.
int first_free_port() {
  int port = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> port;
  return port;
}

}  // namespace

TEST_CASE("a second server on the port is told what to do, and the first goes on alone") {
  const Running running(answer_plain);
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler(answer_plain);
  Server second({{"other", "127.0.0.1", 0, handler}, {"imds", "127.0.0.1", running.port, handler}}, {}, log, clock);
  const auto bound = second.start();
  REQUIRE_FALSE(bound);
  CHECK(bound.error().code == "AddressInUse");
  CHECK(bound.error().kind == Error::Kind::kUnavailable);
  const auto address = "127.0.0.1:" + std::to_string(running.port);
  CHECK(bound.error().message.starts_with("imds can not listen on " + address));
  CHECK(bound.error().message.find("choose another port") != std::string::npos);
  for (int i = 0; i < 8; ++i) {
    const auto client = running.connect();
    client.send(kGet);
    CHECK(client.receive_until("here").ends_with("here"));
  }
}

TEST_CASE("addresses that can not be had are explained") {
  struct Row {
    std::string address;
    std::string code;
    std::string advice;
  };
  const std::vector<Row> rows{
      {"localhost", "BadAddress", "write one such as 127.0.0.1"},
      {"192.0.2.77", "AddressNotAvailable", "`sudo ip address add 192.0.2.77 dev lo` gives it one"},
      {"169.254.1.1", "AddressNotAvailable", "`sudo ip address add 169.254.1.1 dev lo` gives it one"},
      {"169.254.170.23", "AddressNotAvailable",
       "`sudo understudy link-local up` puts 169.254.169.254, 169.254.170.2 and 169.254.170.23 there"},
      {"fd00:ec2::23", "AddressNotAvailable", "`sudo understudy link-local up --ipv6` puts it there"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.address);
    if (row.address.find(':') != std::string::npos && !std::filesystem::exists("/proc/net/if_inet6")) {
      continue;  // This machine has no IPv6.
    }
    fakes::RecordingLog log;
    fakes::FakeClock clock;
    fakes::FakeHandler handler(answer_plain);
    Server server({{"imds", row.address, 0, handler}}, {}, log, clock);
    const auto bound = server.start();
    REQUIRE_FALSE(bound);
    CHECK(bound.error().code == row.code);
    CHECK(bound.error().message.find(row.advice) != std::string::npos);
  }
}

TEST_CASE("who may not have a port under 1024 is told of every way to it" * doctest::skip(first_free_port() <= 80)) {
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler(answer_plain);
  Server server({{"imds", "127.0.0.1", 80, handler}}, {}, log, clock);
  const bool is_root = geteuid() == 0;
  REQUIRE((!is_root || seteuid(65534) == 0));
  const auto bound = server.start();
  REQUIRE((!is_root || seteuid(0) == 0));
  REQUIRE_FALSE(bound);
  CHECK(bound.error().code == "PermissionDenied");
  CHECK(bound.error().message ==
        "imds can not listen on 127.0.0.1:80: Permission denied; ports under 1024 need root (`sudo understudy serve .. "
        "--user \"$USER\"`), the capability CAP_NET_BIND_SERVICE, or `sudo sysctl "
        "net.ipv4.ip_unprivileged_port_start=80`");
}

TEST_CASE("every listener has its own handler, and every thread its acceptor") {
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler one([](const Request&, Patience) { return plain("one"); });
  fakes::FakeHandler two([](const Request&, Patience) { return plain("two"); });
  Server server({{"a", "127.0.0.1", 0, one}, {"b", "127.0.0.1", 0, two}}, {4, 100}, log, clock);
  const auto bound = server.start().value();
  REQUIRE(bound.size() == 2);
  CHECK(bound[0].name == "a");
  CHECK(bound[0].address == "127.0.0.1");
  CHECK(bound[0].port != bound[1].port);
  for (int i = 0; i < 32; ++i) {
    const auto client = RawSocket::connect_to(bound[static_cast<std::size_t>(i % 2)].port);
    client.send(kGet);
    const std::string expected = i % 2 == 0 ? "one" : "two";
    CHECK(client.receive_until(expected).ends_with(expected));
  }
}

TEST_CASE("over the cap the connection that waits longest goes, and the new one is served") {
  Running running(answer_plain, {}, {1, 3});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(running.connect());
    clients.back().send(kGet);
    CHECK(clients.back().receive_until("here").ends_with("here"));
  }
  const auto fresh = running.connect();
  fresh.send(kGet);
  CHECK(fresh.receive_until("here").ends_with("here"));
  CHECK(clients[0].receive_all().empty());
  clients[2].send(kGet);
  CHECK(clients[2].receive_until("here").ends_with("here"));
  CHECK(running.log.count(LogLevel::kWarning, "more than 3 connections") == 1);
}

TEST_CASE("over the cap a source makes room for its own, whoever else waits longer") {
  Running running(answer_plain, {}, {1, 4});
  const auto ask = [](const RawSocket& client) {
    client.send(kGet);
    return client.receive_until("here").ends_with("here");
  };
  const auto neighbour = RawSocket::connect_to(running.port, "127.0.0.2");
  CHECK(ask(neighbour));
  std::vector<RawSocket> flood;
  for (int i = 0; i < 20; ++i) {
    flood.push_back(running.connect());
    CHECK(ask(flood.back()));
  }
  CHECK(ask(neighbour));
  // One that has nobody of its own here takes the place of whoever waits longest.
  const auto stranger = RawSocket::connect_to(running.port, "127.0.0.3");
  CHECK(ask(stranger));
  CHECK(ask(neighbour));
}

TEST_CASE("without file descriptors it neither spins nor fills the log, and recovers") {
  Running running(answer_plain, {}, {1, 100});
  std::vector<RawSocket> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(running.connect());
    held.back().send(kGet);
    held.back().receive_until("here");
  }
  // Sockets of ours made before the limit falls can connect after it; the server can not accept them.
  std::vector<RawSocket> fresh;
  for (int i = 0; i < 3; ++i) {
    fresh.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{3, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto address = RawSocket::loopback(running.port);
  for (const auto& client : fresh) {
    ::connect(client.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    client.send(kGet);
  }
  // It closes those that wait to get descriptors back: their ends show that it has met the limit.
  CHECK(held[0].receive_all().empty());
  const auto used = processor_time();
  CHECK_FALSE(fresh[0].is_told_within(300ms));
  CHECK(processor_time() - used < 100ms);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  for (const auto& client : fresh) {
    CHECK(client.receive_until("here").ends_with("here"));
  }
  CHECK(running.log.count(LogLevel::kWarning, "no new connection for now") == 1);
}
