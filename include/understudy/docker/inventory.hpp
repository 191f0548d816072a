#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/docker/image_labels.hpp"
#include "understudy/docker/roster.hpp"
#include "understudy/metadata/container_source.hpp"

namespace understudy::docker {

/// How long to wait before events are asked for again after the `failures`-th stream in a row (from 1) that broke or
/// never came: 250 ms doubling to 30 s, of which `jitter` in [0, 1) takes up to a half.
[[nodiscard]] std::chrono::milliseconds reconnect_wait(int failures, double jitter);

/// Who runs on this machine, kept up to date by two threads: one follows the engine's events, the other asks for the
/// list of running containers once they flow, and about each container that an event names (Roster says which). So it
/// does not matter in which order list and events tell of a change, nor that an event comes twice. The list is taken
/// again with the first event after ten minutes: Docker drops events for a reader who has 1024 of them waiting, and
/// tells nobody.
///
/// A container and its addresses are forgotten at the event that it has ended, or has left a network, whatever is being
/// asked; and who starts with an address that was another's is known by it only once the engine has told so.
/// While events are not followed nobody is known by address. A stream that breaks starts all of it over, after
/// reconnect_wait; what was known stays until then for by_id and by_name.
///
/// A question that fails is asked again after `ask_again`. A container about which the engine does not answer, or has
/// not answered yet, hides no other; until it does the snapshot has an error, for the container may have any address
/// that nobody is known by.
///
/// Where the engine does not let its images be asked about, no label of a container counts as its own (ImageLabels).
///
/// Logged is that events are followed, and that they are no longer; failures after the first of a row are debug.
///
/// Thread-safety: `snapshot` and `on_change` from any thread, and they never block; start and stop from one. REQUIRES:
/// what it refers to outlives it.
class Inventory final : public metadata::ContainerSource {
 public:
  struct Surroundings {
    Engine& engine;
    const Clock& clock;
    Pause& pause;
    Log& log;
    Jitter jitter;
    std::chrono::milliseconds ask_again{5000};
  };
  explicit Inventory(Surroundings surroundings);
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;
  /// stop().
  ~Inventory() override;

  /// Starts the threads. REQUIRES: not started before.
  void start();
  /// Ends the threads, and with them every question to the engine (Engine::stop_all). REQUIRES: where the pause waits,
  /// somebody has interrupted it, or it ends by itself.
  void stop();

  [[nodiscard]] std::shared_ptr<const metadata::ContainerSet> snapshot() const override;
  void on_change(const std::shared_ptr<const metadata::ContainerSet>& seen, const Wake& wake) const override;

  /// Blocks until every question that events have made so far has been answered, or has failed.
  void settle() const;

 private:
  void follow();
  /// follow_once, with an exception as `InternalError`: this thread must not end the program.
  Error follow_fenced();
  /// One stream from its opening to its end; why it ended.
  Error follow_once();
  /// False where the program ends.
  bool wait_after(const Error& error);
  void take_event(const Event& event);

  void ask();
  void take_list();
  void take_container(const std::string& id);
  Result<metadata::Container> describe(const std::string& id);
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  /// `question`, with an exception as `InternalError`.
  template <typename Question>
  auto fenced(Question question) -> decltype(question());

  /// Of an answer that failed: the first of a row is a warning. REQUIRES: mutex_ is held, as in what follows.
  void tell_failure(bool is_news, const std::string& what, const Error& error);
  /// Takes the roster's set for the snapshot.
  void publish();

  Surroundings surroundings_;
  std::shared_ptr<const metadata::ContainerSet> snapshot_;  ///< By std::atomic_load and atomic_store only.
  mutable std::mutex waiting_mutex_;
  mutable std::vector<Wake> waiting_;
  std::atomic<bool> is_stopping_{false};
  std::thread follower_;
  std::thread asker_;
  int failures_ = 0;    ///< The follower's.
  ImageLabels images_;  ///< This and the next are the asker's.
  bool told_of_images_ = false;

  mutable std::mutex mutex_;  ///< Of what follows.
  mutable std::condition_variable changed_;
  Roster roster_;
  BootTime listed_{};
  bool told_to_work_ = false;
  std::optional<std::chrono::steady_clock::time_point> ask_again_at_;
};

}  // namespace understudy::docker
