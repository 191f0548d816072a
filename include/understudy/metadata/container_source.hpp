#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/metadata/container_set.hpp"
#include "understudy/metadata/task_document.hpp"

namespace understudy::metadata {

/// Who knows which containers run. Thread-safe; never blocks, so it may be asked on a request's way.
class ContainerSource {
 public:
  virtual ~ContainerSource() = default;
  /// What is known now; never null.
  [[nodiscard]] virtual std::shared_ptr<const ContainerSet> snapshot() const = 0;
  /// Calls `wake` once, from any thread, when there is another snapshot than `seen`: at once where there is one
  /// already, where none will come, and where too many wait. Who gives up lets go of `wake`, which is not called then.
  /// It must be quick and must not throw.
  using Wake = std::weak_ptr<const std::function<void()>>;
  virtual void on_change(const std::shared_ptr<const ContainerSet>& seen, const Wake& wake) const = 0;

 protected:
  static void call(const Wake& wake) {
    if (const auto alive = wake.lock()) {
      (*alive)();
    }
  }
};

/// Who keeps the statistics of containers. Thread-safe; never blocks: what is there was asked for in the background.
class StatsSource {
 public:
  virtual ~StatsSource() = default;
  /// Of the container with that whole id; empty where there are none yet.
  [[nodiscard]] virtual ContainerStats stats(std::string_view id) const = 0;
};

/// Containers that never change, such as those of the configuration.
class FixedContainers final : public ContainerSource {
 public:
  explicit FixedContainers(std::vector<ContainerPtr> containers)
      : set_(std::make_shared<const ContainerSet>(ContainerSet::current(std::move(containers)))) {}
  [[nodiscard]] std::shared_ptr<const ContainerSet> snapshot() const override { return set_; }
  void on_change(const std::shared_ptr<const ContainerSet>& /*seen*/, const Wake& wake) const override { call(wake); }

 private:
  std::shared_ptr<const ContainerSet> set_;
};

}  // namespace understudy::metadata
