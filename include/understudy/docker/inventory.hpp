#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/metadata/container_source.hpp"

namespace understudy::docker {

/// How long to wait before events are asked for again after the `failures`-th stream in a row (from 1) that broke or
/// never came: 250 ms doubling to 30 s, of which `jitter` in [0, 1) takes up to a half.
[[nodiscard]] std::chrono::milliseconds reconnect_wait(int failures, double jitter);

/// Who runs on this machine, kept up to date from one thread: it follows the engine's events, takes the list of running
/// containers once they flow, and asks about each container that an event names. So it does not matter in which order
/// list and events tell of a change, nor that an event comes twice. The list is taken again with the first event after
/// ten minutes: Docker drops events for a reader who has 1024 of them waiting, and tells nobody.
///
/// A container and its addresses are forgotten at the event that it has ended, or has left a network, before anything
/// else is asked; and who starts with an address that was another's is known by it only once the engine has told so.
/// Events that come while the engine is asked wait for its answer, which is why an engine has short time-outs.
/// While events are not followed nobody is known by address. A stream that breaks, or a question that fails, starts all
/// of it over, after reconnect_wait; what was known stays until then for by_id and by_name.
///
/// A container about which the engine does not answer in time is not known, until an event names it or the list is
/// taken again: one that is stuck must not hide the others.
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
  };
  explicit Inventory(Surroundings surroundings);
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;
  /// stop().
  ~Inventory() override;

  /// Starts the thread. REQUIRES: not started before.
  void start();
  /// Ends the thread, and with it every question to the engine (Engine::stop_all). REQUIRES: where the pause waits,
  /// somebody has interrupted it, or it ends by itself.
  void stop();

  [[nodiscard]] std::shared_ptr<const metadata::ContainerSet> snapshot() const override;
  void on_change(const std::shared_ptr<const metadata::ContainerSet>& seen, std::function<void()> wake) const override;

 private:
  void run();
  /// follow_once, with an exception as `InternalError`: this thread must not end the program.
  Error follow_fenced();
  /// One stream from its opening to its end; why it ended.
  Error follow_once();
  /// False where the program ends.
  bool wait_after(const Error& error);
  Result<void> take_list();
  Result<void> take_event(const Event& event);
  /// Asks about one container; null where it does not run, or the engine does not say in time.
  Result<metadata::ContainerPtr> look_at(const std::string& id);
  void forget_addresses(const std::string& id);
  void publish(metadata::ContainerSet snapshot);
  void publish_current();
  [[nodiscard]] std::vector<metadata::ContainerPtr> known() const;

  Surroundings surroundings_;
  std::shared_ptr<const metadata::ContainerSet> snapshot_;  ///< By std::atomic_load and atomic_store only.
  mutable std::mutex waiting_mutex_;
  mutable std::vector<std::function<void()>> waiting_;
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;

  std::map<std::string, metadata::ContainerPtr> known_;  ///< This and what follows belongs to the thread.
  BootTime listed_{};
  int failures_ = 0;
  bool told_to_work_ = false;
};

}  // namespace understudy::docker
