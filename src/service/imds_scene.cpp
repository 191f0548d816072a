#include "understudy/service/imds_scene.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/base/time_text.hpp"
#include "understudy/metadata/instance_leaves.hpp"

namespace understudy::service {
namespace {

/// As the newest version has it; empty where nothing is.
std::string text_of(const metadata::Tree& tree, std::string_view path) {
  const auto* const content = tree.find(fmt::format("latest/{}", path));
  return content != nullptr ? *content->text : std::string();
}

void describe_life(const metadata::Life& life, std::vector<std::string>& out) {
  if (life.spot) {
    out.push_back(fmt::format("spot interruption: {} at {}", life.spot->action, format_iso8601(life.spot->time)));
  }
  if (life.rebalance) {
    out.push_back("rebalance recommendation of " + format_iso8601(*life.rebalance));
  }
  for (const auto& event : life.maintenance) {
    out.push_back(fmt::format("maintenance {}: {}, {}, not before {}", event.id, event.code, event.state,
                              format_iso8601(event.not_before)));
  }
  if (life.target_state) {
    out.push_back("Auto Scaling target state: " + *life.target_state);
  }
  for (const auto& [key, value] : life.tags) {
    out.push_back(value ? fmt::format("tag {}: {}", key, *value) : fmt::format("tag {} taken away", key));
  }
  for (const auto& [path, text] : life.paths) {
    out.push_back(fmt::format("path {} {}", path, text ? "set" : "taken away"));
  }
}

}  // namespace

ImdsScene first_scene(const ImdsSettings& settings) {
  ImdsScene scene;
  scene.is_enabled = settings.is_enabled;
  scene.tokens_required = settings.tokens_required;
  return scene;
}

std::vector<metadata::Leaf> imds_leaves(const ImdsSettings& settings, const metadata::Instance& instance,
                                        std::string_view role_name, const metadata::Life& life) {
  auto leaves = metadata::instance_leaves(instance, role_name);
  if (settings.extended_credentials && !role_name.empty()) {
    leaves.push_back({fmt::format("meta-data/iam/security-credentials-extended/{}", role_name), "",
                      metadata::Content::Kind::kExtendedRoleCredentials});
  }
  metadata::override_leaves(leaves, settings.paths);
  metadata::add_life_leaves(leaves, life, settings.manners.has_termination_time);
  metadata::announce_leaves(leaves, settings.manners.announced);
  return leaves;
}

std::shared_ptr<const ImdsView> make_view(const ImdsSettings& settings, const metadata::Instance& instance,
                                          std::string_view role_name, const ImdsScene& scene,
                                          std::shared_ptr<FaultInjector> injector) {
  using Root = metadata::Tree::Root;
  metadata::Tree tree(imds_leaves(settings, instance, role_name, scene.life),
                      settings.manners.lists_latest_alone ? Root::kLatest : Root::kEveryVersion);
  auto document = text_of(tree, metadata::kIdentityDocument);
  return std::make_shared<const ImdsView>(ImdsView{scene, std::move(tree), std::move(document), std::move(injector)});
}

std::vector<std::string> describe_scene(const ImdsScene& scene) {
  std::vector<std::string> out;
  describe_life(scene.life, out);
  if (!scene.is_enabled) {
    out.emplace_back("the endpoint is disabled");
  }
  out.emplace_back(scene.tokens_required ? "tokens are required" : "tokens are optional");
  if (scene.faults.latency.count() > 0) {
    out.push_back(fmt::format("answers are held back for {} ms", scene.faults.latency.count()));
  }
  if (scene.faults.error_rate > 0) {
    out.push_back(fmt::format("{:.3g} % of requests get {}", scene.faults.error_rate * 100, scene.faults.error_status));
  }
  if (scene.faults.per_second > 0) {
    out.push_back(fmt::format("more than {} requests a second get 429", scene.faults.per_second));
  }
  return out;
}

}  // namespace understudy::service
