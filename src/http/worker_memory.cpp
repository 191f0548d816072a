#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "understudy/base/descriptor.hpp"
#include "understudy/base/heap.hpp"
#include "understudy/http/handshakes.hpp"
#include "understudy/http/holdings.hpp"
#include "worker.hpp"

/// How a worker bounds the memory of requests that have come in part, and gives back what it needs no more.
namespace understudy::http {
namespace {

constexpr std::size_t kOfConnection = 8 * 1024;

/// Whether there are few numbers left above that one: other threads may want them at the same moment.
bool is_near_limit(int descriptor) {
  constexpr rlim_t kFew = 256;
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && static_cast<rlim_t>(descriptor) + kFew > limit.rlim_cur;
}

}  // namespace

bool Worker::hold(Connection& connection, std::size_t bytes) {
  held_ = held_ - connection.held_ + bytes;
  connection.held_ = bytes;
  most_taken_ = std::max(most_taken_, held_);
  if (held_ <= limits_.buffered) {
    return true;
  }
  release_others(connection);
  const bool has_to_go = held_ > limits_.buffered && connection.is_reading();
  if (has_to_go) {
    connection.gate_.traffic.evicted();
  }
  return !has_to_go;
}

void Worker::release_others(const Connection& reader) {
  // Some more at a time: the search then costs little for each request, also under a flood.
  const auto wanted = held_ - limits_.buffered + limits_.buffered / 16;
  std::vector<Connection*> others;
  std::vector<Holding> holdings;
  for (auto* const each : connections_) {
    if (each != &reader && each->is_reading() && each->held_ > 0) {
      others.push_back(each);
      holdings.push_back({each->peer().address, each->held_, each->waiting_since()});
    }
  }
  for (const auto place : choose_released(holdings, wanted)) {
    auto& other = *others[place];
    other.gate_.traffic.evicted();
    other.close();
    // It is freed as soon as its coroutine comes to its end.
    held_ -= std::exchange(other.held_, 0);
  }
  if (floods_.allows(std::chrono::steady_clock::now())) {
    log_.warn(
        "{}: requests that have come in part take more than {} KiB on a thread: the oldest of the source that "
        "sends most are closed",
        reader.listener().name, limits_.buffered / 1024);
  }
}

std::size_t Worker::taken() const {
  return held_ + connections_.size() * kOfConnection + handshakes_under_way_ * kHandshakeBytes;
}

/// Asio never frees what it has for a descriptor, some 200 bytes: it keeps that for the next one. Made one by one they
/// would lie between the connections, and each would hold its page after a flood, more than half of what the connection
/// took. So they are made side by side, for descriptors that go at once.
void Worker::make_room_for_descriptors() {
  constexpr std::size_t kTogether = 32;
  if (connections_.size() < room_for_descriptors_) {
    return;
  }
  room_for_descriptors_ += kTogether;
  std::vector<asio::posix::basic_stream_descriptor<Executor>> together;
  ErrorCode error;
  while (together.size() < kTogether && !error) {
    Descriptor made(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (made.get() < 0 || is_near_limit(made.get())) {
      return;
    }
    together.emplace_back(context_).assign(made.get(), error);
    if (!error) {
      made.release();
    }
  }
}

void Worker::give_back_memory() {
  // An eighth of a flood is too much to be kept at rest.
  const std::size_t much = connections_.empty() ? 512 * 1024 : 4 * 1024 * 1024;
  const auto taken = this->taken();
  if (most_taken_ >= much && taken <= most_taken_ / 8) {
    most_taken_ = taken;
    give_back_free_pages();
  }
}

}  // namespace understudy::http
