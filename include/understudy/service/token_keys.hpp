#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "understudy/aws/jwks.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/result.hpp"

namespace understudy::service {

/// The keys that tokens are verified with, read by a thread of its own: again and again, and when somebody asks because
/// a key is missing. A request only looks at what was read last. Where reading fails the last ones stay, and the log
/// says why, once for each reason.
///
/// Thread-safety: all of it, but `start`, `stop` and the destructor are for one thread. REQUIRES: clock and log outlive
/// it.
class TokenKeys {
 public:
  /// Gives the text of a JSON Web Key Set; blocks.
  using Source = std::function<Result<std::string>()>;

  struct Pace {
    std::chrono::milliseconds every;  ///< From one reading to the next.
    std::chrono::milliseconds rest;   ///< The least between two, and from one that failed to the next.
  };
  /// A file is cheap to read, and a change of it should be noticed soon.
  static constexpr Pace kFile{std::chrono::seconds(5), std::chrono::seconds(1)};
  static constexpr Pace kUrl{std::chrono::minutes(5), std::chrono::seconds(15)};

  /// `place` names the keys in messages: a path, or a URL.
  TokenKeys(Source source, std::string place, Pace pace, const Clock& clock, Log& log);
  TokenKeys(const TokenKeys&) = delete;
  TokenKeys& operator=(const TokenKeys&) = delete;
  ~TokenKeys() { stop(); }

  /// nullptr as long as none were read.
  [[nodiscard]] std::shared_ptr<const aws::JsonWebKeys> current() const;

  /// Wakes once they have been read anew: at once where that was tried less than `Pace::rest` ago, and where nothing
  /// reads them (any more). REQUIRES: this outlives what it returns.
  [[nodiscard]] std::shared_ptr<Deferred> until_read_anew();

  /// Reads them once, here and now. Errors: the source's and parse_jwks's. REQUIRES: not started.
  Result<void> read();

  /// Uses the keys that another one of the same place has read, until its own are. REQUIRES: not started.
  void continue_from(const TokenKeys& before);

  /// Begins to read in the background.
  void start();
  /// Waits for a reading under way, and wakes who waits. Idempotent.
  void stop();

 private:
  class Wanted;
  using Wakes = std::vector<std::function<void()>>;

  void ask(std::function<void()> wake);
  void work();
  void read_and_tell();

  const Source source_;
  const std::string place_;
  const Pace pace_;
  const Clock& clock_;
  Log& log_;
  std::string last_failure_;  ///< The thread's own.
  bool failed_ = false;       ///< The thread's own.

  mutable std::mutex mutex_;  ///< Guards what follows; never held while keys are read.
  std::shared_ptr<const aws::JsonWebKeys> keys_;
  Wakes wakes_;
  BootTime due_at_{};
  BootTime rests_until_{};
  bool running_ = false;
  bool are_own_ = false;  ///< `keys_` were read here.
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace understudy::service
