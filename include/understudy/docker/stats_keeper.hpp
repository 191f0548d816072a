#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/metadata/container_source.hpp"

namespace understudy::docker {

/// Keeps the statistics of the containers that somebody asks for. Who asks first gets none, and has its container's
/// asked for from then on, from one thread, container after container with half a second between (the engine itself
/// takes a second or two for each), until nobody has asked for it for a minute. Nothing is asked for that nobody wants.
///
/// Thread-safety: `stats` from any thread, and never blocks on the engine; start and stop from one. REQUIRES: what it
/// refers to outlives it.
class StatsKeeper final : public metadata::StatsSource {
 public:
  StatsKeeper(Engine& engine, const Clock& clock, Pause& pause, Log& log)
      : engine_(engine), clock_(clock), pause_(pause), log_(log) {}
  StatsKeeper(const StatsKeeper&) = delete;
  StatsKeeper& operator=(const StatsKeeper&) = delete;
  /// stop().
  ~StatsKeeper() override { stop(); }

  /// Starts the thread. REQUIRES: not started before.
  void start();
  /// Ends the thread, and every question to the engine (Engine::stop_all). Idempotent. REQUIRES: where the pause waits,
  /// somebody has interrupted it, or it ends by itself.
  void stop();

  [[nodiscard]] metadata::ContainerStats stats(std::string_view id) const override;

 private:
  struct Kept {
    metadata::ContainerStats stats;
    BootTime wanted{};
    BootTime asked{};
    bool was_asked = false;
  };

  void run();
  /// The container that is due first, forgetting those that nobody wants; waits where there is none. Empty: stop.
  std::string next();
  void keep(const std::string& id, Result<std::string> answer);

  Engine& engine_;
  const Clock& clock_;
  Pause& pause_;
  Log& log_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::map<std::string, Kept, std::less<>> kept_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace understudy::docker
