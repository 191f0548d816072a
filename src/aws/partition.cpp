#include "understudy/aws/partition.hpp"

#include <algorithm>
#include <array>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::array<std::string_view, 9> kAws{"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"};
constexpr std::array<std::string_view, 1> kChina{"cn"};
constexpr std::array<std::string_view, 1> kGov{"us-gov"};
constexpr std::array<std::string_view, 1> kIso{"us-iso"};
constexpr std::array<std::string_view, 1> kIsoB{"us-isob"};
constexpr std::array<std::string_view, 1> kIsoE{"eu-isoe"};
constexpr std::array<std::string_view, 1> kIsoF{"us-isof"};
constexpr std::array<std::string_view, 1> kEusc{"eusc-de"};

constexpr std::array<Partition, 8> kPartitions{{
    {"aws", kAws, "amazonaws.com", "api.aws"},
    {"aws-cn", kChina, "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-us-gov", kGov, "amazonaws.com", "api.aws"},
    {"aws-iso", kIso, "c2s.ic.gov", "api.aws.ic.gov"},
    {"aws-iso-b", kIsoB, "sc2s.sgov.gov", "api.aws.scloud"},
    {"aws-iso-e", kIsoE, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"aws-iso-f", kIsoF, "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"aws-eusc", kEusc, "amazonaws.eu", "api.amazonwebservices.eu"},
}};

bool is_number(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

/// `cn-north-1` for the prefix `cn`.
bool has_form(std::string_view region, std::string_view prefix) {
  if (!region.starts_with(prefix)) {
    return false;
  }
  const auto rest = split(region.substr(prefix.size()), '-');
  return rest.size() == 3 && rest[0].empty() && is_word(rest[1], "_") && is_number(rest[2]);
}

bool holds(const Partition& partition, std::string_view region) {
  const bool is_global = region.starts_with(partition.name) && region.substr(partition.name.size()) == "-global";
  return is_global || std::ranges::any_of(partition.region_prefixes,
                                          [&](std::string_view prefix) { return has_form(region, prefix); });
}

}  // namespace

std::span<const Partition> partitions() { return kPartitions; }

bool is_region(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  return text.size() <= kLongest && is_lower_word(text, "-");
}

const Partition& partition_of_region(std::string_view region) {
  const auto* const found = std::ranges::find_if(kPartitions, [&](const Partition& p) { return holds(p, region); });
  return found == kPartitions.end() ? kPartitions.front() : *found;
}

}  // namespace understudy::aws
