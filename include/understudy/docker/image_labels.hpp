#pragma once

#include <map>
#include <string>

#include "understudy/base/result.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/metadata/container.hpp"

namespace understudy::docker {

/// Tells the labels that a container was given from those that its image has: engines join both in the answer about a
/// container, and whoever made an image shall not choose what its containers are. Each image is asked about once, for
/// its id is a digest of it; of many images some are forgotten. Not thread-safe.
class ImageLabels {
 public:
  /// REQUIRES: `engine` outlives this.
  explicit ImageLabels(Engine& engine) : engine_(engine) {}

  /// Sets `container.own_labels`: the labels but those that the image has with the same value. A container that compose
  /// did not make loses project and service, which then are its image's words: `compose build` writes both into images
  /// (docker/compose, pkg/compose/build.go, getImageBuildLabels), but only what it makes of them has a number or a
  /// hash.
  ///
  /// Errors: Engine::image_labels's; the container is then as one whose image says all of it.
  Result<void> leave_out(metadata::Container& container);

 private:
  Engine& engine_;
  std::map<std::string, Labels, std::less<>> images_;
};

}  // namespace understudy::docker
