#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

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

namespace {

constexpr std::size_t kMuch = 16 * 1024;

/// In this process nobody is given so much memory at once while it is true.
std::atomic<bool> is_scarce = false;
std::atomic<int> denied = 0;

}  // namespace

void* operator new(std::size_t size) {
  if (is_scarce && size >= kMuch) {
    ++denied;
    throw std::bad_alloc();
  }
  if (void* const memory = std::malloc(size); memory != nullptr) {
    return memory;
  }
  throw std::bad_alloc();
}

// Sanitizers have one of their own, which goes with no other operator's delete.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return std::malloc(size); }

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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
  is_scarce = true;
  under_way.clear();
  // On the way out of a connection, and in the look at all of them that follows.
  for (int i = 0; i < 100'000 && denied < 2; ++i) {
    REQUIRE(running.server.responds(10s));
  }
  is_scarce = false;
  CHECK(denied >= 2);
  finish_all(waiting, kGet, "here");
  CHECK(std::ranges::all_of(waiting, [](const auto& each) { return each.answer().ends_with("here"); }));
}
