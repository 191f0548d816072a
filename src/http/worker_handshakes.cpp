#include <algorithm>
#include <chrono>
#include <new>
#include <vector>

#include "connection.hpp"
#include "understudy/http/handshakes.hpp"
#include "worker.hpp"

/// How a worker bounds the memory of handshakes.
///
/// A fleet that starts at one moment looks like a flood, but for one thing: its handshakes come to their end. So nobody
/// is closed for another: who finds no place waits, which costs no more than a plain connection, for `idle` at most.
/// Half of the places are for whoever comes. A flood takes them until its time is over; so the others, the spare ones,
/// are given one by one, as far apart as lets the first be free again when the last has gone: beside a flood that
/// stands a new client waits for the next of them and no longer.
///
/// A flood that goes on takes the spare ones, too, as fast as they are given: spare / `message`, 62 clients a second
/// of all threads by default. Other sources go before one that floods, but whoever shares its address, or has as many
/// sources against him, takes his chance among the newest. Closing silent handshakes sooner would not mend that: who
/// floods can say a byte now and then, while an honest client of a busy machine is silent for a second.
namespace understudy::http {

std::size_t Worker::most_handshakes() const { return std::max<std::size_t>(limits_.buffered / kHandshakeBytes, 1); }

std::size_t Worker::spare_handshakes() const { return most_handshakes() / 2; }

std::size_t Worker::free_places() const {
  const auto for_all = most_handshakes() - spare_handshakes();
  return for_all - std::min(for_all, handshakes_under_way_);
}

std::size_t Worker::take_due_spares(int kept, std::size_t most) {
  if (spare_handshakes() == 0) {
    return 0;
  }
  const auto now = std::chrono::steady_clock::now();
  const auto even = SteadyTime::duration(longest_message_) / static_cast<SteadyTime::rep>(spare_handshakes());
  const auto apart = std::max<SteadyTime::duration>(even, std::chrono::milliseconds(1));
  // What nobody wanted meanwhile does not add up: it would go to a flood at once.
  next_spare_ = std::max(next_spare_, now - sweep_interval_ - apart);
  std::size_t due = 0;
  for (; due < most && next_spare_ + kept * apart <= now; next_spare_ += apart) {
    ++due;
  }
  return due;
}

void Worker::share_out_spares() {
  constexpr int kForWhoComesNext = 1;
  share_out_places(take_due_spares(kForWhoComesNext, most_handshakes()));
}

bool Worker::begin_handshake(Connection& connection) {
  if (free_places() > 0) {
    ++handshakes_under_way_;
    connection.handshake_ = Connection::Handshake::kUnderWay;
    return true;
  }
  ++handshakes_waiting_;
  connection.handshake_ = Connection::Handshake::kWaits;
  if (std::chrono::steady_clock::now() >= next_spare_) {
    share_out_places(take_due_spares(0, 1));
  }
  if (handshakes_waiting_ > 0 && crowds_.allows(std::chrono::steady_clock::now())) {
    log_.warn("{}: more TLS handshakes at a time than {} KiB on a thread are enough for: some clients wait for others",
              connection.listener().name, limits_.buffered / 1024);
  }
  return connection.handshake_ == Connection::Handshake::kUnderWay;
}

void Worker::end_handshake(Connection& connection) {
  handshakes_waiting_ -= connection.handshake_ == Connection::Handshake::kWaits ? 1 : 0;
  handshakes_under_way_ -= connection.handshake_ == Connection::Handshake::kUnderWay ? 1 : 0;
  connection.handshake_ = Connection::Handshake::kNone;
  // Some at a time: the search then costs little for each, also under a flood.
  if (free_places() > most_handshakes() / 16) {
    share_out_places(0);
  }
}

std::vector<Connection*> Worker::next_handshakes(std::size_t places) const {
  std::vector<Holding> under_way;
  std::vector<Holding> wishes;
  std::vector<Connection*> waiting;
  for (auto* const each : connections_) {
    const Holding holding{each->peer().address, kHandshakeBytes, each->waiting_since()};
    if (each->handshake_ == Connection::Handshake::kUnderWay) {
      under_way.push_back(holding);
    } else if (each->handshake_ == Connection::Handshake::kWaits && !each->is_closed_) {
      waiting.push_back(each);
      wishes.push_back(holding);
    }
  }
  std::vector<Connection*> next;
  for (const auto place : choose_next(under_way, wishes, places)) {
    next.push_back(waiting[place]);
  }
  return next;
}

void Worker::share_out_places(std::size_t spares) {
  const auto places = std::min(free_places() + spares, most_handshakes() - handshakes_under_way_);
  if (handshakes_waiting_ == 0 || places == 0) {
    return;
  }
  std::vector<Connection*> next;
  try {
    next = next_handshakes(places);
  } catch (const std::bad_alloc&) {
    // Also on the way out of a connection, which may not fail. The next sweep tries again.
    return;
  }
  for (auto* const connection : next) {
    ++handshakes_under_way_;
    --handshakes_waiting_;
    connection->take_place();
  }
}

}  // namespace understudy::http
