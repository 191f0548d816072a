#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/cue.hpp"

namespace understudy::service {

/// Plays cues when their time has come. What is due at once is played by the caller's thread, the rest by a thread of
/// its own, which is made with the first cue that has to wait.
///
/// Thread-safety: all of it, but `stop` and the destructor are for one thread. REQUIRES: what the playground names, and
/// the log, outlive it.
class Player {
 public:
  Player(Playground ground, Log& log) : ground_(ground), log_(log) {}
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player() { stop(); }

  /// Plays it now, or keeps it for its time. Errors: the act's, where it is played now; later ones are logged. `clear`
  /// played now forgets what is still to come, too.
  Result<void> play(Cue cue);

  /// How many cues are still to come.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const Playground& ground() const { return ground_; }

  /// Nothing more is played. Idempotent.
  void stop();

 private:
  Result<void> perform(const Cue& cue);
  void work();

  const Playground ground_;
  Log& log_;
  mutable std::mutex mutex_;  ///< Guards what follows; never held while an act is played.
  std::condition_variable changed_;
  CueList cues_;
  std::thread thread_;
  bool stopping_ = false;
};

}  // namespace understudy::service
