#include "understudy/metadata/versions.hpp"

#include <algorithm>
#include <array>

namespace understudy::metadata {
namespace {

constexpr std::array<std::string_view, 30> kVersions{
    "1.0",        "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01",
    "2009-04-04", "2011-01-01", "2011-05-01", "2012-01-12", "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19",
    "2016-06-30", "2016-09-02", "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03",
    "2021-03-23", "2021-07-15", "2022-09-24", "2024-04-11", "2025-10-04", "2026-04-15"};
static_assert(std::ranges::is_sorted(kVersions), "find_version searches by halves");

struct Category {
  std::string_view path;  ///< `*` stands for any segment.
  std::string_view since;
};

/// What came after the first version, as listings of real instances show it.
constexpr Category kCategories[] = {
    {"dynamic", "2009-04-04"},
    {"meta-data/local-hostname", "2007-01-19"},
    {"meta-data/instance-type", "2007-08-29"},
    {"meta-data/block-device-mapping", "2007-12-15"},
    {"meta-data/profile", "2007-12-15"},
    {"meta-data/placement", "2008-02-01"},
    {"meta-data/placement/availability-zone-id", "2019-10-01"},
    {"meta-data/placement/group-name", "2019-10-01"},
    {"meta-data/placement/host-id", "2019-10-01"},
    {"meta-data/placement/partition-number", "2019-10-01"},
    {"meta-data/placement/region", "2019-10-01"},
    {"meta-data/instance-action", "2008-09-01"},
    {"meta-data/mac", "2011-01-01"},
    {"meta-data/network", "2011-01-01"},
    {"meta-data/network/interfaces/macs/*/vpc-ipv4-cidr-blocks", "2016-06-30"},
    {"meta-data/metrics", "2011-05-01"},
    {"meta-data/iam", "2012-01-12"},
    {"meta-data/services", "2014-02-25"},
    {"meta-data/identity-credentials", "2018-03-28"},
    {"meta-data/events", "2018-08-17"},
    {"meta-data/instance-life-cycle", "2019-10-01"},
    {"meta-data/tags", "2021-03-23"},
    {"meta-data/system", "2022-09-24"},
    {"meta-data/tag-sets", "2025-10-04"},
};

constexpr Version place_of(std::string_view name) {
  return static_cast<Version>(std::ranges::lower_bound(kVersions, name) - kVersions.begin());
}
constexpr bool is_version(std::string_view name) { return std::ranges::binary_search(kVersions, name); }
static_assert(std::ranges::all_of(kCategories, is_version, &Category::since));

/// The first segment, which is taken off.
std::string_view take_segment(std::string_view& path) {
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(path.size(), segment.size() + 1));
  return segment;
}

/// `folder` may have `*` for a segment.
bool falls_under(std::string_view path, std::string_view folder) {
  while (!folder.empty()) {
    const auto wanted = take_segment(folder);
    if (path.empty() || (take_segment(path) != wanted && wanted != "*")) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::span<const std::string_view> versions() { return kVersions; }

std::optional<Version> find_version(std::string_view name) {
  if (name == "latest") {
    return kVersions.size() - 1;
  }
  return is_version(name) ? std::optional(place_of(name)) : std::nullopt;
}

Version first_version_of(std::string_view path) {
  Version first = 0;
  for (const auto& category : kCategories) {
    if (falls_under(path, category.path)) {
      first = std::max(first, place_of(category.since));
    }
  }
  return first;
}

}  // namespace understudy::metadata
