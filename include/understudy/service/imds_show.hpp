#pragma once

#include <cstddef>
#include <functional>
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
/// Atomic: a reader gets a view from before or from after, and never waits for one that is being made. Thread-safe.
class ImdsShow {
 public:
  /// `role_name` as for instance_leaves.
  ImdsShow(ImdsSettings settings, metadata::Instance instance, std::string role_name);
  ImdsShow(const ImdsShow&) = delete;
  ImdsShow& operator=(const ImdsShow&) = delete;

  /// What this client sees now: that of the audience it belongs to, else everyone's. Never null.
  [[nodiscard]] std::shared_ptr<const ImdsView> view_for(const Peer& peer);

  using Change = std::function<void(ImdsScene&)>;
  static constexpr std::size_t kMostAudiences = 64;
  /// Errors, upon which nothing has changed, kInvalid: `OverlappingAudience` where a client could belong to this
  /// audience and to another one for which something is played, for it would see but one of the two;
  /// `TooManyAudiences` where something is played for kMostAudiences others.
  Result<void> play(const Audience& audience, const Change& change);
  /// Back to what the configuration says, for all.
  void clear();

  /// describe_scene of everyone's, and where an audience's differs, that with who it is.
  [[nodiscard]] std::vector<std::string> describe() const;

  [[nodiscard]] const metadata::Instance& instance() const { return instance_; }
  [[nodiscard]] bool shows_tags() const { return settings_.instance.tags_are_shown; }
  [[nodiscard]] const std::string& role_name() const { return role_name_; }

 private:
  using View = std::shared_ptr<const ImdsView>;
  /// The first addresses that asked.
  struct Firsts {
    std::mutex mutex;
    std::set<std::string> seen;
  };
  struct Row {
    Audience audience;
    View view;
    std::shared_ptr<Firsts> firsts;  ///< The same for as long as the row is there.
  };
  /// What readers hold; replaced as a whole.
  struct Views {
    View everyone;
    std::vector<Row> audiences;
  };

  [[nodiscard]] static bool belongs(const Row& row, const std::string& address);
  static Result<Row*> row_of(Views& views, const Audience& audience);
  [[nodiscard]] View changed(const View& view, const Change& change) const;
  [[nodiscard]] View first_view() const;

  const ImdsSettings settings_;
  const metadata::Instance instance_;
  const std::string role_name_;
  std::mutex play_mutex_;  ///< Held by who changes the views, while their trees are built; never by readers.
  std::shared_ptr<const Views> views_;  ///< By std::atomic_load and atomic_store only.
};

}  // namespace understudy::service
