#pragma once

#include <memory>
#include <string>
#include <vector>

#include "understudy/metadata/instance.hpp"
#include "understudy/metadata/life.hpp"
#include "understudy/metadata/tree.hpp"
#include "understudy/service/fault_injector.hpp"
#include "understudy/service/imds_settings.hpp"

namespace understudy::service {

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

/// A scene, made ready for answering. Immutable but for what is counted, and thread-safe; a reader sees one scene,
/// never a mix.
struct ImdsView {
  ImdsScene scene;
  metadata::Tree tree;
  std::string identity_document;            ///< The text to be signed; empty where the path is taken away.
  std::shared_ptr<FaultInjector> injector;  ///< Counts the requests of those who see this, whatever it changes to.
};

/// `role_name` as for instance_leaves.
[[nodiscard]] std::shared_ptr<const ImdsView> make_view(const ImdsSettings& settings,
                                                        const metadata::Instance& instance, std::string_view role_name,
                                                        const ImdsScene& scene,
                                                        std::shared_ptr<FaultInjector> injector);

/// Every leaf of the scene, the configured paths over the instance's, and what is played over both.
[[nodiscard]] std::vector<metadata::Leaf> imds_leaves(const ImdsSettings& settings, const metadata::Instance& instance,
                                                      std::string_view role_name, const metadata::Life& life = {});

/// For people, a line each: what differs from a plain instance, such as `spot interruption: terminate at ..`.
[[nodiscard]] std::vector<std::string> describe_scene(const ImdsScene& scene);

}  // namespace understudy::service
