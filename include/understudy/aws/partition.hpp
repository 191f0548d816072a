#pragma once

#include <span>
#include <string_view>

/// AWS's partitions: worlds of regions with their own accounts and host names (botocore's data/partitions.json).
/// Constant data; thread-safe.
namespace understudy::aws {

struct Partition {
  std::string_view name;  ///< As in ARNs: `aws-cn`.
  /// What its regions' names start with, before `-<word>-<number>`: `cn` for `cn-north-1`.
  std::span<const std::string_view> region_prefixes;
  std::string_view dns_suffix;             ///< `amazonaws.com.cn`
  std::string_view dual_stack_dns_suffix;  ///< For hosts that have IPv6 as well.
};

[[nodiscard]] std::span<const Partition> partitions();

/// Where nobody says which region it is; that of AWS's own documents and of the first endpoints.
inline constexpr std::string_view kFallbackRegion = "us-east-1";

/// Whether it may be a region's name: lower-case letters, digits and hyphens, at most 32 of them, for it becomes part
/// of host names.
[[nodiscard]] bool is_region(std::string_view text);

/// The partition that the region's name has the form of, also for the pseudo regions `aws-global`, `aws-cn-global`, ..;
/// `aws` for every other name, as the SDKs do, so that regions opened later work.
[[nodiscard]] const Partition& partition_of_region(std::string_view region);

}  // namespace understudy::aws
