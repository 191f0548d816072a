#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "understudy/metadata/instance.hpp"
#include "understudy/metadata/life.hpp"
#include "understudy/metadata/tree.hpp"
#include "understudy/service/imds_settings.hpp"

namespace understudy::service {

/// What an endpoint does to requests that are right. All off: an endpoint that works.
struct Faults {
  std::chrono::milliseconds latency{0};  ///< Every answer is held back for so long.
  int error_status = 503;                ///< Answered, empty, to the share `error_rate` of requests.
  double error_rate = 0;                 ///< 0 to 1.
  unsigned per_second = 0;               ///< More requests than these are answered by 429; 0: no limit.
  bool operator==(const Faults&) const = default;
};

/// All that can change of the instance metadata service while it runs. A plain value: what is played is a change of it.
struct ImdsScene {
  metadata::Life life;
  bool is_enabled = true;  ///< false: 403, empty, for everything.
  bool tokens_required = true;
  Faults faults;
  bool operator==(const ImdsScene&) const = default;
};

/// The scene that the configuration sets.
[[nodiscard]] ImdsScene first_scene(const ImdsSettings& settings);

/// A scene, made ready for answering. Immutable, so thread-safe; a reader sees one scene, never a mix.
struct ImdsView {
  ImdsScene scene;
  metadata::Tree tree;
  std::string identity_document;  ///< The text to be signed; empty where the path is taken away.
};

/// `role_name` as for instance_leaves.
[[nodiscard]] std::shared_ptr<const ImdsView> make_view(const ImdsSettings& settings,
                                                        const metadata::Instance& instance, std::string_view role_name,
                                                        const ImdsScene& scene);

/// Every leaf of the scene, the configured paths over the instance's, and what is played over both.
[[nodiscard]] std::vector<metadata::Leaf> imds_leaves(const ImdsSettings& settings, const metadata::Instance& instance,
                                                      std::string_view role_name, const metadata::Life& life = {});

/// For people, a line each: what differs from a plain instance, such as `spot interruption: terminate at ..`.
[[nodiscard]] std::vector<std::string> describe_scene(const ImdsScene& scene);

}  // namespace understudy::service
