#include "understudy/metadata/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "seed.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/metadata/document.hpp"

namespace understudy::metadata {
namespace {

constexpr std::string_view kFallbackType = "t3.micro";
constexpr std::string_view kUnknownAccount = "000000000000";

std::string private_ip_of(const Seed& seed) {
  const auto digest = seed.digest("ip");
  // The first four and the last address of a subnet are AWS's own.
  return fmt::format("10.0.{}.{}", digest[0], 4 + digest[1] % 250);
}

std::string mac_of(const Seed& seed) {
  const auto digest = seed.digest("mac");
  return fmt::format("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", digest[0], digest[1], digest[2], digest[3], digest[4]);
}

/// What stands before the zone's letter, or before a local zone's own name: `us-west-2` for `us-west-2-lax-1a`.
std::string region_of_zone(std::string_view zone) {
  const auto* const number = std::ranges::find_if(zone, is_digit);
  return {zone.begin(), std::find_if_not(number, zone.end(), is_digit)};
}

std::string region_of(const InstanceSettings& settings, const InstanceOrigin& origin) {
  if (settings.availability_zone) {
    return region_of_zone(*settings.availability_zone);
  }
  return origin.region.empty() ? std::string(aws::kFallbackRegion) : origin.region;
}

std::string account_of(std::string_view role_arn) {
  const auto arn = aws::parse_arn(role_arn);
  return arn && !arn->account.empty() ? arn->account : std::string(kUnknownAccount);
}

/// The short form of one word of a region's name: `northeast` is `ne`.
std::string_view short_direction(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kWords{{{"north", "n"},
                                                                                  {"south", "s"},
                                                                                  {"east", "e"},
                                                                                  {"west", "w"},
                                                                                  {"central", "c"},
                                                                                  {"northeast", "ne"},
                                                                                  {"northwest", "nw"},
                                                                                  {"southeast", "se"},
                                                                                  {"southwest", "sw"},
                                                                                  {"gov", "g"}}};
  const auto* const found = std::ranges::find(kWords, word, &std::pair<std::string_view, std::string_view>::first);
  return found == kWords.end() ? word : found->second;
}

/// What is there only where the configuration says so.
void add_what_is_said(Instance& instance, const InstanceSettings& settings) {
  instance.placement = settings.placement;
  if (settings.tags_are_shown) {
    instance.tags = settings.tags;
  }
  instance.public_keys = settings.public_keys;
  instance.block_devices = settings.block_devices;
  if (instance.block_devices.empty()) {
    instance.block_devices = {{"ami", "xvda"}, {"root", "/dev/xvda"}};
  }
  instance.product_codes = settings.product_codes;
  instance.ancestor_image_ids = settings.ancestor_image_ids;
  instance.kernel_id = settings.kernel_id;
  instance.ramdisk_id = settings.ramdisk_id;
  instance.auto_scaling_state = settings.auto_scaling_state;
  instance.hibernation = settings.hibernation;
  instance.user_data = settings.user_data;
}

}  // namespace

std::string zone_id_of(std::string_view availability_zone) {
  const bool is_zone = availability_zone.size() > 2 && is_lower(availability_zone.back()) &&
                       is_digit(availability_zone[availability_zone.size() - 2]);
  if (!is_zone) {
    return std::string(availability_zone);
  }
  std::string out;
  bool is_local = false;
  for (const auto word : split(availability_zone.substr(0, availability_zone.size() - 1), '-')) {
    const bool is_number = std::ranges::all_of(word, is_digit);
    out += is_local && !is_number ? fmt::format("-{}", word) : std::string(short_direction(word));
    is_local = is_local || is_number;  // Behind the region's number stands a local zone's place.
  }
  return fmt::format("{}-az{}", out, availability_zone.back() - 'a' + 1);
}

std::string_view architecture_of(std::string_view instance_type) {
  const auto family = instance_type.substr(0, instance_type.find('.'));
  const auto generation = std::ranges::find_if(family, is_digit);
  const std::string_view attributes(generation, family.end());
  const bool is_apple_silicon = family.starts_with("mac") && family != "mac1";
  const bool is_graviton = family == "a1" || attributes.find('g') != std::string_view::npos;
  return is_apple_silicon || is_graviton ? "arm64" : "x86_64";
}

Instance derive_instance(const InstanceSettings& settings, const InstanceOrigin& origin) {
  const auto region = region_of(settings, origin);
  const Seed seed(origin.role_key, region);
  const auto& partition = aws::partition_of_region(region);

  Instance instance;
  instance.id = settings.id.value_or(seed.id("i-"));
  instance.type = settings.type.value_or(std::string(kFallbackType));
  instance.image_id = settings.image_id.value_or(seed.id("ami-"));
  instance.reservation_id = seed.id("r-");
  instance.region = region;
  instance.availability_zone = settings.availability_zone.value_or(region + "a");
  instance.availability_zone_id = settings.availability_zone_id.value_or(zone_id_of(instance.availability_zone));
  instance.account_id = settings.account_id.value_or(account_of(origin.role_arn));
  instance.private_ip = settings.private_ip.value_or(private_ip_of(seed));
  instance.hostname = settings.hostname.value_or(private_host_name(instance.private_ip, region));
  instance.mac = settings.mac.value_or(mac_of(seed));
  instance.architecture = settings.architecture.value_or(std::string(architecture_of(instance.type)));
  instance.life_cycle = settings.life_cycle.value_or("on-demand");
  instance.partition = partition.name;
  instance.domain = partition.dns_suffix;
  instance.pending_time = origin.started;
  instance.interfaces =
      derive_network(settings.network, {origin.role_key, region, instance.account_id, instance.private_ip,
                                        instance.hostname, instance.mac, instance.domain});
  add_what_is_said(instance, settings);
  return instance;
}

std::string render_identity_document(const Instance& instance) {
  const auto pending_time = format_iso8601(instance.pending_time);
  return render_document({{"accountId", instance.account_id},
                          {"architecture", instance.architecture},
                          {"availabilityZone", instance.availability_zone},
                          {"billingProducts", {}},
                          {"devpayProductCodes", {}},
                          {"marketplaceProductCodes", {}, instance.product_codes},
                          {"imageId", instance.image_id},
                          {"instanceId", instance.id},
                          {"instanceType", instance.type},
                          {"kernelId", instance.kernel_id},
                          {"pendingTime", pending_time},
                          {"privateIp", instance.private_ip},
                          {"ramdiskId", instance.ramdisk_id},
                          {"region", instance.region},
                          {"version", "2017-09-30"}});
}

}  // namespace understudy::metadata
