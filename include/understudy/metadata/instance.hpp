#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/node.hpp"
#include "understudy/metadata/network.hpp"

namespace understudy::metadata {

/// Where the instance stands beside its zone. What is absent has no path.
struct PlacementSettings {
  std::optional<std::string> group_name;
  std::optional<std::string> host_id;
  std::optional<std::string> partition_number;
  bool operator==(const PlacementSettings&) const = default;
};

struct PublicKey {
  std::string name;  ///< Of the key pair.
  std::string key;   ///< `ssh-ed25519 AAAA.. name`
  bool operator==(const PublicKey&) const = default;
};

/// `{root, /dev/xvda}`
struct BlockDevice {
  std::string name;
  std::string device;
  bool operator==(const BlockDevice&) const = default;
};

/// What the configuration says of the pretended instance; what it leaves out is derived.
struct InstanceSettings {
  std::optional<std::string> id;
  std::optional<std::string> type;
  std::optional<std::string> image_id;
  std::optional<std::string> availability_zone;
  std::optional<std::string> availability_zone_id;
  std::optional<std::string> account_id;
  std::optional<std::string> private_ip;
  std::optional<std::string> hostname;
  std::optional<std::string> mac;
  std::optional<std::string> architecture;
  std::optional<std::string> life_cycle;
  NetworkSettings network;
  PlacementSettings placement;
  std::vector<std::pair<std::string, std::string>> tags;
  bool tags_are_shown = true;  ///< False: every tags path is 404, as instances are launched by default.
  std::vector<PublicKey> public_keys;
  std::vector<BlockDevice> block_devices;
  std::vector<std::string> product_codes;
  std::vector<std::string> ancestor_image_ids;
  std::optional<std::string> kernel_id;
  std::optional<std::string> ramdisk_id;
  std::optional<std::string> auto_scaling_state;
  std::optional<bool> hibernation;
  std::optional<std::string> user_data;
  std::string user_data_file;  ///< Read at the start, by who has files; empty: none.

  bool operator==(const InstanceSettings&) const = default;
};

/// Reads the map behind `imds.instance`:
///
///     instance: {id: i-0123456789abcdef0, type: m7g.large, image_id: ami-0123456789abcdef0,
///                availability_zone: eu-west-1b, availability_zone_id: euw1-az2, account_id: "111122223333",
///                private_ip: 10.0.0.7, hostname: web.example, mac: "02:00:00:00:00:01", architecture: arm64,
///                life_cycle: spot, tags: {Name: web}, public_keys: {mine: "ssh-ed25519 AAAA.."},
///                user_data: "#!/bin/sh"}
///
/// with the keys of read_network_settings among them, and `placement: {group, host_id, partition}`, `block_devices`,
/// `product_codes`, `ancestor_image_ids`, `kernel_id`, `ramdisk_id`, `auto_scaling`, `hibernation`, `show_tags`,
/// `user_data_file`.
///
/// Every value is checked for its form; one that fails is a problem and stays unset.
[[nodiscard]] InstanceSettings read_instance_settings(const Node& node, std::vector<Problem>& problems);

/// One of Auto Scaling's target states, `InService` or `Warmed:Stopped`; another word is a problem.
[[nodiscard]] std::optional<std::string> read_target_state(Fields& fields, std::string_view key);
/// `{Name: web, Old: null}`: tags to be set, or, by null, taken away.
[[nodiscard]] std::vector<std::pair<std::string, std::optional<std::string>>> read_tag_changes(
    const Node& node, std::vector<Problem>& problems);

/// What an instance is derived from. Two starts with the same origin give the same instance, `started` apart.
struct InstanceOrigin {
  std::string region;    ///< Where no zone is set, whose region wins; empty: `us-east-1`.
  std::string role_key;  ///< The role's key in the configuration; empty without a role.
  std::string role_arn;  ///< May be empty; the account comes from it.
  WallTime started{};
};

/// The instance as its metadata tells it; every text is set, and what is empty or absent has no path. A plain value.
struct Instance {
  std::string id;                            ///< `i-` and 17 hex digits.
  std::string type;                          ///< `t3.micro`
  std::string image_id;                      ///< `ami-` and 17 hex digits.
  std::string reservation_id;                ///< `r-` and 17 hex digits.
  std::string region;                        ///< `us-east-1`
  std::string availability_zone;             ///< `us-east-1a`
  std::string availability_zone_id;          ///< `use1-az1`
  std::string account_id;                    ///< 12 digits; `000000000000` where neither settings nor ARN tell it.
  std::string private_ip;                    ///< `10.0.12.34`
  std::string hostname;                      ///< `ip-10-0-12-34.ec2.internal`
  std::string mac;                           ///< `02:..`, locally administered.
  std::string architecture;                  ///< `x86_64`, `arm64` or `i386`, by the type.
  std::string life_cycle;                    ///< `on-demand` or `spot`.
  std::string partition;                     ///< `aws`
  std::string domain;                        ///< `amazonaws.com`
  WallTime pending_time{};                   ///< When it was launched: our start.
  std::vector<NetworkInterface> interfaces;  ///< The first has the members above.
  PlacementSettings placement;
  std::vector<std::pair<std::string, std::string>> tags;  ///< Those that are shown.
  std::vector<PublicKey> public_keys;
  std::vector<BlockDevice> block_devices;
  std::vector<std::string> product_codes;
  std::vector<std::string> ancestor_image_ids;
  std::optional<std::string> kernel_id;
  std::optional<std::string> ramdisk_id;
  std::optional<std::string> auto_scaling_state;
  std::optional<bool> hibernation;
  std::optional<std::string> user_data;

  bool operator==(const Instance&) const = default;
};

[[nodiscard]] Instance derive_instance(const InstanceSettings& settings, const InstanceOrigin& origin);

/// `use1-az1` for `us-east-1a`, `usw2-lax1-az1` for the local zone `us-west-2-lax-1a`: AWS's short region names with
/// the zone's letter as a number. (Real accounts shuffle the letters; the form is what tools parse.) A text that is no
/// zone's name comes back as it is.
[[nodiscard]] std::string zone_id_of(std::string_view availability_zone);
/// `arm64` for Graviton families (`t4g`, `m7gd`, `a1`) and Apple silicon (`mac2`, `mac2-m2`, `mac-m4`), else `x86_64`.
/// (EC2 User Guide, "Amazon EC2 Mac instances": `mac1` alone has Intel processors.)
[[nodiscard]] std::string_view architecture_of(std::string_view instance_type);

/// The identity document, byte for byte in the wire's layout and order.
[[nodiscard]] std::string render_identity_document(const Instance& instance);

}  // namespace understudy::metadata
