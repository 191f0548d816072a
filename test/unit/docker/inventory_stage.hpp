#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_engine.hpp"
#include "fakes/fake_pause.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/docker/inventory.hpp"

namespace understudy::docker {

using fakes::FakeEngine;
using fakes::running;
using Kind = Event::Kind;

inline const std::string kFirst(64, 'a');
inline const std::string kSecond(64, 'b');

inline const Error kTimeout{Error::Kind::kUnavailable, "Timeout", "no answer in time"};

struct InventoryStage {
  explicit InventoryStage(std::chrono::milliseconds ask_again = std::chrono::hours(1))
      : inventory({engine, clock, pause, log, [] { return 0.0; }, ask_again}) {}
  ~InventoryStage() { inventory.stop(); }

  void settle() {
    engine.settle();
    inventory.settle();
  }
  void start() {
    inventory.start();
    settle();
  }
  void happens(Kind kind, const std::string& id) {
    engine.emit(kind, id);
    settle();
  }
  /// Waits for news until that one has the address.
  void wait_for(const std::string& name, const std::string& address) const {
    for (auto seen = inventory.snapshot(); at(address) != name; seen = inventory.snapshot()) {
      auto news = std::make_shared<std::promise<void>>();
      const auto wake = std::make_shared<const std::function<void()>>([news] { news->set_value(); });
      inventory.on_change(seen, wake);
      news->get_future().wait();
    }
  }
  /// The docker name of who has the address; empty: nobody.
  [[nodiscard]] std::string at(const std::string& address) const {
    const auto found = inventory.snapshot()->by_address(address);
    return found ? found->docker_name : "";
  }

  FakeEngine engine;
  fakes::FakeClock clock;
  fakes::FakePause pause;
  fakes::RecordingLog log;
  Inventory inventory;
};

/// Lets one inspect wait until it is opened. The engine's thread may leave it after the gate is gone.
class Gate {
 public:
  explicit Gate(FakeEngine& engine) {
    engine.on_inspect([state = state_] {
      if (!std::exchange(state->is_used, true)) {
        state->reached.set_value();
        state->when_opened.wait();
      }
    });
  }
  void wait() { state_->reached.get_future().wait(); }
  void open() { state_->opened.set_value(); }

 private:
  struct State {
    std::promise<void> reached;
    std::promise<void> opened;
    std::shared_future<void> when_opened{opened.get_future()};
    bool is_used = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace understudy::docker
