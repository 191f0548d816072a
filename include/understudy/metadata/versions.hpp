#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace understudy::metadata {

/// A place in `versions()`; a later version has a larger one.
using Version = std::size_t;

/// The dates that instances list at `/`, oldest first, without `latest`.
[[nodiscard]] std::span<const std::string_view> versions();
/// `latest` is the newest. nullopt for a version that there never was.
[[nodiscard]] std::optional<Version> find_version(std::string_view name);

/// The version that brought `path` (`meta-data/iam/info`): that of the youngest of its folders and itself that the
/// table of categories names; the first version for one that it does not name.
[[nodiscard]] Version first_version_of(std::string_view path);

}  // namespace understudy::metadata
