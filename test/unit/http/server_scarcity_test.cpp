#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

#include "fakes/running_server.hpp"
#include "fakes/tls_greeter.hpp"
#include "tls_serving.hpp"
#include "understudy/http/handshakes.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::answer_plain;
using fakes::kGet;
using fakes::TlsGreeter;
using Running = fakes::RunningServer;

namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Nobody in this process but a thread that is spared is given so many bytes, or more, at once.
std::atomic<std::size_t> too_much = kNone;
/// The one that is asked for when this is 0 is denied.
std::atomic<int> left = -1;
std::atomic<int> denied = 0;
thread_local bool is_spared = false;

/// No memory of that size while it lives, but for the thread that made it.
class Scarcity {
 public:
  explicit Scarcity(std::size_t least) {
    denied = 0;
    is_spared = true;
    too_much = least;
  }
  Scarcity(const Scarcity&) = delete;
  Scarcity& operator=(const Scarcity&) = delete;
  ~Scarcity() { too_much = kNone; }
};

bool is_denied(std::size_t size) {
  const bool is = !is_spared && (size >= too_much || (left >= 0 && left-- == 0));
  denied += is ? 1 : 0;
  return is;
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = is_denied(size) ? nullptr : std::malloc(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

// Sanitizers have one of their own, which goes with no other operator's delete.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return std::malloc(size); }

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

// Asio takes its own from here.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  void* memory = nullptr;
  return is_denied(size) || ::posix_memalign(&memory, alignment, size) != 0 ? nullptr : memory;
}

TEST_CASE("where there is no memory to choose the next handshake by, a later look does") {
  Limits limits;
  limits.idle = limits.message = 60s;
  TlsServing running(answer_plain, limits, {1, 2000, 2 * kHandshakeBytes, {}});
  std::vector<TlsGreeter> under_way;
  for (int i = 0; i < 2; ++i) {
    under_way.emplace_back(running.bound.port);
    REQUIRE(under_way.back().socket().is_told_within(10s));
  }
  std::vector<TlsGreeter> waiting;
  for (int i = 0; i < 600; ++i) {
    waiting.emplace_back(running.bound.port);
  }
  REQUIRE(running.server.responds(10s));
  {
    const Scarcity scarcity(16 * 1024);
    under_way.clear();
    // On the way out of a connection, and in the look at all of them that follows.
    for (int i = 0; i < 100'000 && denied < 2; ++i) {
      REQUIRE(running.server.responds(10s));
    }
    CHECK(denied >= 2);
  }
  finish_all(waiting, kGet, "here");
  CHECK(std::ranges::all_of(waiting, [](const auto& each) { return each.answer().ends_with("here"); }));
}

TEST_CASE("where there is no memory at all for a while, later clients are served, and closed in time") {
  Limits limits;
  limits.idle = limits.message = 200ms;
  Running running(answer_plain, limits, {1});
  const auto before = running.connect();
  for (const std::size_t least : {1, 100, 1000}) {
    CAPTURE(least);
    {
      const Scarcity scarcity(least);
      for (int i = 0; i < 1000 && denied < 50; ++i) {
        const auto lost = running.connect();
        lost.send(kGet);
        static_cast<void>(lost.is_told_within(5ms));
      }
      CHECK(denied >= 50);
    }
    const auto after = running.connect();
    REQUIRE(after.send(kGet));
    CHECK(after.receive_until("here").ends_with("here"));
    CHECK(running.connect().receive_all().empty());
  }
  CHECK(before.receive_all().empty());
}

TEST_CASE("whichever allocation fails, later clients are served, and closed in time") {
  Limits limits;
  limits.idle = limits.message = 1s;
  Running running(answer_plain, limits, {1});
  is_spared = true;
  std::vector<fakes::RawSocket> silent;
  for (int n = 0; n < 60; ++n) {
    CAPTURE(n);
    left = n;
    for (int i = 0; i < 4; ++i) {
      const auto client = running.connect();
      client.send(kGet);
      static_cast<void>(client.is_told_within(10ms));
    }
    const bool is_reached = left < 0;
    left = -1;
    const auto after = running.connect();
    REQUIRE(after.send(kGet));
    CHECK(after.receive_until("here").ends_with("here"));
    silent.push_back(running.connect());
    if (!is_reached) {
      break;
    }
  }
  CHECK(silent.size() > 10);
  CHECK(std::ranges::all_of(silent, [](const auto& each) { return each.receive_all().empty(); }));
}
