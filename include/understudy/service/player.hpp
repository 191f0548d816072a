#pragma once

#include <condition_variable>
#include <cstdint>
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

  enum class Origin {
    kRequest,        ///< Somebody asks for it now.
    kConfiguration,  ///< One of the events that the configuration has.
  };

  /// Plays it now, or keeps it for its time. Errors: the act's, where it is played now, and then a request for `every`
  /// is not kept, an event is; later ones are logged. kUnavailable `Stopped` for one that has to wait, after `stop`. A
  /// request for `clear` now forgets what is still to come, too, and nothing of that is played after it; any other
  /// `clear` takes back what was played, no more.
  Result<void> play(Cue cue, Origin origin = Origin::kRequest);

  /// Plays what `before` has still to play, which is stopped.
  void continue_from(Player& before);

  /// How many cues are still to come.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const Playground& ground() const { return ground_; }

  /// Nothing more is played. Idempotent.
  void stop();

 private:
  /// With `generation`: nothing, where that is forgotten.
  Result<void> perform(const Cue& cue, std::optional<std::uint64_t> generation = {});
  void begin_thread();
  void forget();
  [[nodiscard]] bool is_forgotten(std::uint64_t generation) const;
  void work();

  const Playground ground_;
  Log& log_;
  std::mutex play_mutex_;     ///< Held while an act is played; taken before the other.
  mutable std::mutex mutex_;  ///< Guards what follows; never held while an act is played.
  std::condition_variable changed_;
  CueList cues_;
  std::uint64_t generation_ = 0;  ///< How often the cues were forgotten.
  std::thread thread_;
  bool stopping_ = false;
};

}  // namespace understudy::service
