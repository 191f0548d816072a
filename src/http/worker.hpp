#pragma once

#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "asio.hpp"
#include "traffic_counts.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/http/link_local_guard.hpp"
#include "understudy/http/response_writer.hpp"
#include "understudy/http/server.hpp"

namespace understudy::http {

class Connection;

/// The way into a worker from other threads. It outlives the worker: what is posted afterwards is dropped.
class Mailbox {
 public:
  explicit Mailbox(asio::io_context& context) : context_(&context) {}
  /// Runs `task` on the worker's thread. Thread-safe.
  void post(std::function<void()> task);
  void close();

 private:
  std::mutex mutex_;
  asio::io_context* context_;
};

/// Lets a line through at most every ten seconds: what a client can cause must not fill the log.
class Throttle {
 public:
  [[nodiscard]] bool allows(SteadyTime now);

 private:
  SteadyTime next_{};
};

/// A flag that is true while this lives.
struct Lower {
  void operator()(bool* flag) const { *flag = false; }
};
using Raised = std::unique_ptr<bool, Lower>;
inline Raised raise(bool& flag) {
  flag = true;
  return Raised(&flag);
}

/// Where a listener's connections come in to one thread.
struct Gate {
  const Listener& listener;
  Acceptor acceptor;
  TrafficCounts& traffic;
  std::shared_ptr<const TlsContext> tls{};  ///< For who comes in now; nullptr: plain HTTP.
  bool is_guarded = false;                  ///< By the worker's LinkLocalGuard.
  bool is_accepting = false;
};

/// What one thread takes at most.
struct WorkerLimits {
  std::size_t connections = 0;
  std::size_t buffered = 0;  ///< Bytes of requests; ServerSettings::max_buffered.
};

/// One thread's share of the server: an event loop, acceptors, connections and one timer for all their deadlines (a
/// timer for each connection would cost more than parsing its requests). Everything but `mailbox`, and what is
/// thread-safe, belongs to the thread in `run`, or to the owner before and after it.
class Worker {
 public:
  /// REQUIRES: log, clock and guard outlive it.
  Worker(WorkerLimits limits, Log& log, const Clock& clock, const LinkLocalGuard& link_local);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  [[nodiscard]] Log& log() { return log_; }
  [[nodiscard]] std::string_view date() { return date_.at(clock_.wall()); }
  [[nodiscard]] bool is_draining() const { return is_draining_; }

  /// REQUIRES: before `run`; the listener outlives the worker, and so does `traffic`, where its share is counted.
  void add(const Listener& listener, Acceptor acceptor, TrafficCounts& traffic);
  /// The same at any time. Thread-safe.
  void open(const Listener& listener, Acceptor acceptor, TrafficCounts& traffic);
  /// Takes no more connections for it. Those that wait for another request end, the others after their answer.
  /// Thread-safe.
  void close(const Listener& listener);
  /// Who comes in from now on is spoken to so. Thread-safe.
  void speak(const Listener& listener, std::shared_ptr<const TlsContext> tls);
  /// Serves until it is drained.
  void run();
  /// Ends `run` when the connections have ended, at `deadline` by closing them. Thread-safe.
  void drain(SteadyTime deadline);

  /// Logs a refused request by its rule.
  void report_refusal(const Connection& connection, const Refusal& refusal);
  /// Logs a handshake that failed.
  void report_handshake(const Connection& connection, std::string_view complaint);
  /// Logs that it was closed before it was its handshake's turn.
  void report_waiting_in_vain(const Connection& connection);

 private:
  friend class Connection;
  void give_way();
  /// What it throws comes out of the turn, and `run` goes on after it.
  void begin(Task<void> task);
  /// What goes on for all connections and does not yet, or not any more for want of memory. Between any two turns: when
  /// it ends nobody is told.
  void begin_what_has_ended();
  void take_turn();
  Task<void> accept(Gate& gate, Raised is_accepting);
  void admit(Gate& gate, Socket socket, const Endpoint& peer);
  /// Whether a connection comes from outside to where only this host may; it is counted and logged then.
  [[nodiscard]] bool turns_away(Gate& gate, Socket& socket, const Endpoint& peer);
  Task<void> serve(std::unique_ptr<Connection> connection);
  Task<void> recover(ErrorCode error, const Listener& listener);
  /// Goes on while there are connections. What it does itself does not throw.
  Task<void> sweep(Raised is_sweeping);
  void close_overdue();
  /// std::bad_alloc: it has not entered.
  void enter(Connection& connection);
  void leave(Connection& connection);
  void evict_oldest(const Connection* newcomer);
  /// Takes down that the connection's request takes so many bytes now. Where all together take too much, others that
  /// are still being read are closed. False: so must this one be, which is being read itself, and nobody else is left.
  [[nodiscard]] bool hold(Connection& connection, std::size_t bytes);
  void release_others(const Connection& reader);
  /// As many as kHandshakeBytes go into what requests may take, too.
  [[nodiscard]] std::size_t most_handshakes() const;
  [[nodiscard]] std::size_t spare_handshakes() const;
  /// That are no spare ones.
  [[nodiscard]] std::size_t free_places() const;
  /// So many spare places, of `most`, are to be given now, where that many of those that are due are kept for later.
  [[nodiscard]] std::size_t take_due_spares(int kept, std::size_t most);
  /// Whether there is a place for it; else Connection::take_place follows, or it is closed.
  [[nodiscard]] bool begin_handshake(Connection& connection);
  void end_handshake(Connection& connection);
  [[nodiscard]] std::vector<Connection*> next_handshakes(std::size_t places) const;
  /// Gives what is free, and so many spare places, to those that wait. Where there is no memory to choose by, nobody
  /// has one yet.
  void share_out_places(std::size_t spares);
  void share_out_spares();
  /// To the system, where much was taken and little is left of it. Not for every request: see give_back_free_pages.
  void give_back_memory();
  /// Bytes, about, that its clients take now.
  [[nodiscard]] std::size_t taken() const;
  void make_room_for_descriptors();
  void begin_drain(SteadyTime deadline);
  void end_accepting(Gate& gate);
  void accept_backlog(Gate& gate);
  void finish_if_drained();

  Log& log_;
  const Clock& clock_;
  const LinkLocalGuard& link_local_;
  WorkerLimits limits_;
  asio::io_context context_{1};
  std::shared_ptr<Mailbox> mailbox_;
  asio::executor_work_guard<Executor> guard_;
  Timer sweeper_;
  std::chrono::milliseconds sweep_interval_{250};
  std::deque<Gate> gates_;  ///< Connections refer to theirs, also to one that is closed.
  std::vector<Connection*> connections_;
  DateText date_;
  Throttle refusals_;
  Throttle handshakes_;
  Throttle shortages_;
  Throttle failures_;
  Throttle outsiders_;
  Throttle floods_;
  Throttle crowds_;
  Throttle vain_waits_;
  std::size_t held_ = 0;                   ///< The sum of the connections'.
  std::size_t most_taken_ = 0;             ///< Of what `taken` told since memory was given back.
  std::size_t room_for_descriptors_ = 64;  ///< As few are no crowd.
  std::size_t handshakes_under_way_ = 0;
  std::size_t handshakes_waiting_ = 0;
  SteadyTime next_spare_{};                       ///< No spare place is given before.
  std::chrono::milliseconds longest_message_{0};  ///< Of the listeners' limits.
  SteadyTime turn_began_{};
  bool has_admitted_ = false;  ///< In this turn.
  bool is_draining_ = false;
  bool is_sweeping_ = false;
  bool goes_on_ = true;  ///< False: there was no memory to begin all that has ended.
  SteadyTime drain_deadline_ = SteadyTime::max();
};

}  // namespace understudy::http
