#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <thread>
#include <utility>

#include "connection.hpp"
#include "eviction.hpp"
#include "listening.hpp"

namespace understudy::http {
namespace {

constexpr std::chrono::seconds kQuiet{10};
constexpr std::chrono::milliseconds kPauseOfBeginning{50};

std::chrono::milliseconds shortest(const Limits& limits) {
  return std::min({limits.idle, limits.message, limits.write});
}

}  // namespace

void Mailbox::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (context_ != nullptr) {
    asio::post(*context_, std::move(task));
  }
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
}

bool Throttle::allows(SteadyTime now) {
  if (now < next_) {
    return false;
  }
  next_ = now + kQuiet;
  return true;
}

Worker::Worker(WorkerLimits limits, Log& log, const Clock& clock, const LinkLocalGuard& link_local)
    : log_(log),
      clock_(clock),
      link_local_(link_local),
      limits_{std::max<std::size_t>(limits.connections, 1), limits.buffered},
      mailbox_(std::make_shared<Mailbox>(context_)),
      guard_(context_.get_executor()),
      sweeper_(context_) {}

Worker::~Worker() { mailbox_->close(); }

void Worker::add(const Listener& listener, Acceptor acceptor, TrafficCounts& traffic) {
  const bool is_guarded = link_local_.guards(address_of(acceptor.local_endpoint()).address);
  gates_.push_back(Gate{listener, std::move(acceptor), traffic, listener.tls, is_guarded});
  const auto interval = std::max(shortest(listener.limits) / 8, std::chrono::milliseconds(5));
  sweep_interval_ = std::min(sweep_interval_, interval);
  longest_message_ = std::max(longest_message_, listener.limits.message);
}

void Worker::open(const Listener& listener, Acceptor acceptor, TrafficCounts& traffic) {
  // What is posted has to be copyable, and an acceptor is not.
  mailbox_->post([this, &listener, &traffic, moved = std::make_shared<Acceptor>(std::move(acceptor))] {
    if (!is_draining_) {
      add(listener, std::move(*moved), traffic);
    }
  });
}

void Worker::speak(const Listener& listener, std::shared_ptr<const TlsContext> tls) {
  mailbox_->post([this, &listener, tls = std::move(tls)] {
    const auto gate = std::ranges::find(gates_, &listener, [](const Gate& each) { return &each.listener; });
    if (gate != gates_.end()) {
      gate->tls = tls;
    }
  });
}

void Worker::close(const Listener& listener) {
  mailbox_->post([this, &listener] {
    for (auto& gate : gates_) {
      if (&gate.listener == &listener) {
        end_accepting(gate);
      }
    }
    for (auto* const connection : connections_) {
      if (&connection->listener() == &listener && connection->has_asked()) {
        connection->close_if_idle();
      }
    }
  });
}

void Worker::run() {
  for (begin_what_has_ended(); !context_.stopped(); begin_what_has_ended()) {
    try {
      take_turn();
    } catch (const std::exception& problem) {
      // Where there is no memory Asio lets go of what it was at: of somebody who came in, or of what goes on for all.
      // (Where there is none for letting go either, std::terminate ends the process.)
      if (failures_.allows(std::chrono::steady_clock::now())) {
        log_.error("a thread of the server goes on after: {}", problem.what());
      }
      std::this_thread::yield();
    }
  }
}

void Worker::take_turn() {
  if (!goes_on_) {
    // Those that are there are served meanwhile.
    context_.run_one_for(kPauseOfBeginning);
  } else if (context_.run_one() == 0) {
    return;
  }
  for (int i = 0; i < 64 && context_.poll_one() > 0; ++i) {
  }
  give_way();
}

void Worker::begin(Task<void> task) {
  asio::co_spawn(context_.get_executor(), std::move(task), [](const std::exception_ptr& problem) {
    if (problem) {
      std::rethrow_exception(problem);
    }
  });
}

void Worker::begin_what_has_ended() {
  try {
    for (auto& gate : gates_) {
      if (gate.acceptor.is_open() && !gate.is_accepting) {
        begin(accept(gate, raise(gate.is_accepting)));
      }
    }
    if (!connections_.empty() && !is_sweeping_) {
      begin(sweep(raise(is_sweeping_)));
    }
    goes_on_ = true;
  } catch (const std::bad_alloc&) {
    goes_on_ = false;
  }
}

/// Where two workers, or a worker and its client, share a core, one that goes on as long as there is work keeps the
/// other waiting for whole time slices of the kernel: with 16 connections 5 ms at the 99th percentile, against 1 ms so.
/// With many connections, or a new one for each request, the wait is in our own queue, and giving way makes it longer.
void Worker::give_way() {
  constexpr std::chrono::microseconds kTurn{250};
  constexpr std::size_t kManyConnections = 192;
  const auto now = std::chrono::steady_clock::now();
  if (now - turn_began_ < kTurn) {
    return;
  }
  if (connections_.size() <= kManyConnections && !has_admitted_) {
    std::this_thread::yield();
  }
  has_admitted_ = false;
  turn_began_ = std::chrono::steady_clock::now();
}

Task<void> Worker::sweep(Raised /*is_sweeping*/) {
  while (!connections_.empty()) {
    sweeper_.expires_after(sweep_interval_);
    ErrorCode ignored;
    co_await sweeper_.async_wait(into(ignored));
    close_overdue();
    share_out_spares();
    give_back_memory();
  }
  finish_if_drained();
}

void Worker::enter(Connection& connection) {
  connections_.push_back(&connection);
  connection.slot_ = connections_.size() - 1;
  connection.gate_.traffic.accepted();
  // A crowd may come and go between two looks at it.
  most_taken_ = std::max(most_taken_, taken());
}

void Worker::leave(Connection& connection) {
  connection.gate_.traffic.ended();
  held_ -= connection.held_;
  connections_.back()->slot_ = connection.slot_;
  connections_[connection.slot_] = connections_.back();
  connections_.pop_back();
  end_handshake(connection);
  finish_if_drained();
}

void Worker::evict_oldest(const Connection* newcomer) {
  for (auto* const connection : choose_evicted(connections_, newcomer)) {
    connection->gate_.traffic.evicted();
    connection->close();
  }
}

void Worker::drain(SteadyTime deadline) {
  mailbox_->post([this, deadline] { begin_drain(deadline); });
}

void Worker::begin_drain(SteadyTime deadline) {
  is_draining_ = true;
  drain_deadline_ = deadline;
  std::ranges::for_each(gates_, [this](Gate& gate) { end_accepting(gate); });
  for (auto* const connection : connections_) {
    connection->close_if_idle();
  }
  sweep_interval_ = std::min(sweep_interval_, std::chrono::milliseconds(20));
  sweeper_.cancel();
  finish_if_drained();
}

void Worker::finish_if_drained() {
  if (is_draining_ && connections_.empty()) {
    guard_.reset();
    sweeper_.cancel();
  }
}

}  // namespace understudy::http
