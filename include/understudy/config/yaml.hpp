#pragma once

#include <string_view>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"

/// The one place that knows YAML.
namespace understudy::config {

/// Reads one YAML document into a tree whose every value knows its path and line. Pure; thread-safe.
///
///     region: us-east-1                 ->  kMap { region: kScalar "us-east-1", path "region", line 1 }
///     listen: {imds: 127.0.0.1:1338}    ->  kMap { imds: kScalar, path "listen.imds", line 2 }
///
/// Scalars keep the text that was written: `010` is no 8 and `yes` no boolean. `~`, `null` and a missing value are
/// kNull; so is nothing that was quoted. An empty document is an empty map.
///
/// What makes a configuration mean something else than it seems to is refused: anchors, aliases, tags, a key that
/// stands twice, a key that is no text, a second document, text that is not UTF-8 or holds control characters, more
/// than 1 MiB, nesting deeper than 64. All such places are reported in one run (the first 20); text that is no YAML at
/// all ends the reading at its first fault.
[[nodiscard]] Result<Node, std::vector<Problem>> parse_yaml(std::string_view text);

}  // namespace understudy::config
