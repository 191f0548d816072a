#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"
#include "understudy/metadata/instance.hpp"
#include "understudy/service/audience.hpp"
#include "understudy/service/imds_scene.hpp"

namespace understudy::service {

/// What the instance metadata service shows to whom, while it runs. What is played for everyone changes what each
/// client sees; what is played for an audience changes what that audience sees, from then on beside everyone's.
///
/// Atomic: a reader gets a view from before or from after. Thread-safe.
class ImdsShow {
 public:
  /// `role_name` as for instance_leaves.
  ImdsShow(ImdsSettings settings, metadata::Instance instance, std::string role_name);
  ImdsShow(const ImdsShow&) = delete;
  ImdsShow& operator=(const ImdsShow&) = delete;

  /// What this client sees now: that of the audience it belongs to, else everyone's. Never null.
  [[nodiscard]] std::shared_ptr<const ImdsView> view_for(const Peer& peer);

  using Change = std::function<void(ImdsScene&)>;
  /// Error, upon which nothing has changed: kInvalid `OverlappingAudience` where a client could belong to this audience
  /// and to another one for which something is played, for it would see but one of the two.
  Result<void> play(const Audience& audience, const Change& change);
  /// Back to what the configuration says, for all.
  void clear();

  /// describe_scene of everyone's, and where an audience's differs, that with who it is.
  [[nodiscard]] std::vector<std::string> describe() const;

  [[nodiscard]] const metadata::Instance& instance() const { return instance_; }
  [[nodiscard]] bool shows_tags() const { return settings_.instance.tags_are_shown; }
  [[nodiscard]] const std::string& role_name() const { return role_name_; }

 private:
  /// An audience and what it sees; `seen` are the first addresses that asked.
  struct Row {
    Audience audience;
    ImdsScene scene;
    std::set<std::string> seen{};
  };
  /// What readers hold; replaced as a whole.
  struct Views {
    std::shared_ptr<const ImdsView> everyone;
    std::vector<std::pair<Audience, std::shared_ptr<const ImdsView>>> audiences;
  };

  Result<Row*> row_of(const Audience& audience);
  [[nodiscard]] bool belongs(const Audience& audience, const std::string& address);
  [[nodiscard]] std::shared_ptr<const ImdsView> view_of(const ImdsScene& scene) const;
  void publish();

  const ImdsSettings settings_;
  const metadata::Instance instance_;
  const std::string role_name_;
  std::shared_ptr<const Views> views_;  ///< By std::atomic_load and atomic_store only.

  mutable std::mutex mutex_;  ///< Guards what follows.
  ImdsScene everyone_;
  std::list<Row> rows_;
};

}  // namespace understudy::service
