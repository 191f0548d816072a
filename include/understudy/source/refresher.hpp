#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/source/cached_role.hpp"

namespace understudy::source {

/// The background threads that fetch: what is asked for at once, and everything that is watched when it is due
/// (CachedRole::due_at). Threads are made as they are needed, at most `most_threads`, fewer where the system has no
/// more; where it has none at all, `watch` and `ask` throw std::system_error.
///
/// Thread-safety: all of it, but `stop` and the destructor are for one thread. REQUIRES: the roles and the clock
/// outlive it.
class Refresher {
 public:
  explicit Refresher(const Clock& clock, std::size_t most_threads = 8);
  Refresher(const Refresher&) = delete;
  Refresher& operator=(const Refresher&) = delete;
  ~Refresher() { stop(); }

  /// Refreshes the role whenever it is due from now on; one that was never fetched is.
  void watch(CachedRole& role);
  /// Refreshes the role as soon as a thread is free, due or not, unless one is at it already, and watches it.
  void ask(CachedRole& role);

  [[nodiscard]] bool is_watching(const CachedRole& role);

  /// Refreshes the role no more, which may end then; `watch` and `ask` must not be called for it again. False, and
  /// nothing is done, where a refresh of it is under way.
  bool forget(CachedRole& role);

  /// Looks at what is due again, which it otherwise does every 15 s at least (a machine may have slept).
  void wake();

  /// Starts no further refresh and waits for those under way: interrupt what they wait for first. Idempotent;
  /// `watch` and `ask` do nothing afterwards.
  void stop();

 private:
  struct Watched {
    CachedRole* role;
    bool asked = false;
    bool busy = false;
  };

  Watched& entry_of(CachedRole& role);
  void call_thread();
  void work();
  Watched* take_due(BootTime now);
  [[nodiscard]] std::chrono::milliseconds until_next(BootTime now) const;
  void add_thread();

  const Clock& clock_;
  const std::size_t most_threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watched> watched_;  ///< A list: threads at work hold on to their entry.
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace understudy::source
