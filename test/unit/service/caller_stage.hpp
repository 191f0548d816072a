#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "understudy/metadata/container_source.hpp"

namespace understudy::service {

inline metadata::ContainerPtr container_at(std::string address, std::string project, std::string name,
                                           std::map<std::string, std::string> labels = {}) {
  metadata::Container made;
  made.id = std::string(64 - name.size(), '0') + name;
  made.docker_name = project.empty() ? name : project + "-" + name + "-1";
  made.name = std::move(name);
  made.project = std::move(project);
  made.labels = labels;
  made.own_labels = std::move(labels);
  made.status = metadata::ContainerStatus::kRunning;
  made.networks = {{"shop", {std::move(address)}, {}}};
  return std::make_shared<const metadata::Container>(std::move(made));
}

/// Containers that change when the test says so. For one thread.
class ChangingContainers final : public metadata::ContainerSource {
 public:
  [[nodiscard]] std::shared_ptr<const metadata::ContainerSet> snapshot() const override { return set_; }
  void on_change(const std::shared_ptr<const metadata::ContainerSet>& seen, const Wake& wake) const override {
    if (seen != set_) {
      call(wake);
    } else {
      waiting_.push_back(wake);
    }
  }

  void now(metadata::ContainerSet set) {
    set_ = std::make_shared<const metadata::ContainerSet>(std::move(set));
    for (const auto& wake : std::exchange(waiting_, {})) {
      call(wake);
    }
  }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  std::shared_ptr<const metadata::ContainerSet> set_ = std::make_shared<const metadata::ContainerSet>();
  mutable std::vector<Wake> waiting_;
};

}  // namespace understudy::service
