#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "understudy/base/heap.hpp"
#include "understudy/http/holdings.hpp"
#include "worker.hpp"

/// How a worker bounds the memory of requests that have come in part.
namespace understudy::http {

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

void Worker::give_back_memory() {
  constexpr std::size_t kOfConnection = 8 * 1024;
  constexpr std::size_t kMuch = 4 * 1024 * 1024;
  const auto taken = held_ + connections_.size() * kOfConnection;
  most_taken_ = std::max(most_taken_, taken);
  if (most_taken_ >= kMuch && taken <= most_taken_ / 8) {
    most_taken_ = taken;
    give_back_free_pages();
  }
}

}  // namespace understudy::http
