#include "understudy/docker/image_labels.hpp"

#include <utility>

namespace understudy::docker {
namespace {

constexpr std::size_t kMostImages = 256;

bool is_made_by_compose(const Labels& own) {
  return own.contains("com.docker.compose.container-number") || own.contains("com.docker.compose.config-hash");
}

void tell_apart(metadata::Container& container, const Labels& image) {
  container.own_labels = container.labels;
  std::erase_if(container.own_labels, [&](const auto& label) {
    const auto same = image.find(label.first);
    return same != image.end() && same->second == label.second;
  });
  if (!is_made_by_compose(container.own_labels)) {
    container.project.clear();
    container.name = container.docker_name;
  }
}

}  // namespace

Result<void> ImageLabels::leave_out(metadata::Container& container) {
  if (container.labels.empty()) {
    return {};
  }
  auto known = images_.find(container.image_id);
  if (known == images_.end()) {
    auto labels = engine_.image_labels(container.image_id);
    if (!labels) {
      tell_apart(container, container.labels);
      return labels.error();
    }
    if (images_.size() >= kMostImages) {
      images_.clear();
    }
    known = images_.emplace(container.image_id, *std::move(labels)).first;
  }
  tell_apart(container, known->second);
  return {};
}

}  // namespace understudy::docker
