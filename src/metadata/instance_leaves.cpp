#include "understudy/metadata/instance_leaves.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "network_leaves.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/metadata/document.hpp"

namespace understudy::metadata {
namespace {

using Leaves = std::vector<Leaf>;

void add_role_leaves(Leaves& leaves, const Instance& instance, std::string_view role_name) {
  const auto launched = format_iso8601(instance.pending_time);
  leaves.push_back(
      {"meta-data/identity-credentials/ec2/info",
       render_document({{"Code", "Success"}, {"LastUpdated", launched}, {"AccountId", instance.account_id}})});
  if (role_name.empty()) {
    return;
  }
  leaves.push_back(
      {"meta-data/identity-credentials/ec2/security-credentials/ec2-instance", "", Content::Kind::kRoleCredentials});
  const auto profile_arn =
      fmt::format("arn:{}:iam::{}:instance-profile/{}", instance.partition, instance.account_id, role_name);
  leaves.push_back({"meta-data/iam/info", render_document({{"Code", "Success"},
                                                           {"LastUpdated", launched},
                                                           {"InstanceProfileArn", profile_arn},
                                                           {"InstanceProfileId", instance_profile_id(profile_arn)}})});
  leaves.push_back(
      {fmt::format("meta-data/iam/security-credentials/{}", role_name), "", Content::Kind::kRoleCredentials});
}

/// What is there only where it has a value.
void add_if(Leaves& leaves, std::string_view name, const std::optional<std::string>& text) {
  if (text) {
    leaves.push_back({fmt::format("meta-data/{}", name), *text});
  }
}

void add_if(Leaves& leaves, std::string_view name, const std::vector<std::string>& lines) {
  if (!lines.empty()) {
    leaves.push_back({fmt::format("meta-data/{}", name), fmt::format("{}", fmt::join(lines, "\n"))});
  }
}

void add_public_keys(Leaves& leaves, const std::vector<PublicKey>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& [name, key] = keys[i];
    // The one value that ends with a newline.
    const auto line = std::string(trim(key)) + "\n";
    leaves.push_back({fmt::format("meta-data/public-keys/{}/openssh-key", i), line, Content::Kind::kText,
                      fmt::format("{}={}", i, name)});
  }
}

void add_tags(Leaves& leaves, const std::vector<std::pair<std::string, std::string>>& tags) {
  if (tags.empty()) {
    return;
  }
  for (const auto& [key, value] : tags) {
    leaves.push_back({fmt::format("meta-data/tags/instance/{}", key), value});
  }
  leaves.push_back({"meta-data/tag-sets/instance", tag_set(tags)});
}

void add_optional_leaves(Leaves& leaves, const Instance& instance) {
  add_if(leaves, "ancestor-ami-ids", instance.ancestor_image_ids);
  add_if(leaves, "autoscaling/target-lifecycle-state", instance.auto_scaling_state);
  if (instance.hibernation) {
    add_if(leaves, "hibernation/configured", std::string(*instance.hibernation ? "true" : "false"));
  }
  add_if(leaves, "kernel-id", instance.kernel_id);
  add_if(leaves, "placement/group-name", instance.placement.group_name);
  add_if(leaves, "placement/host-id", instance.placement.host_id);
  add_if(leaves, "placement/partition-number", instance.placement.partition_number);
  add_if(leaves, "product-codes", instance.product_codes);
  add_if(leaves, "ramdisk-id", instance.ramdisk_id);
  for (const auto& [name, device] : instance.block_devices) {
    leaves.push_back({fmt::format("meta-data/block-device-mapping/{}", name), device});
  }
  if (instance.user_data) {
    leaves.push_back({"user-data", *instance.user_data, Content::Kind::kUserData});
  }
}

bool is_identity_signature(const Leaf& leaf) {
  return leaf.kind == Content::Kind::kIdentitySignature || leaf.kind == Content::Kind::kIdentityPkcs7 ||
         leaf.kind == Content::Kind::kIdentityRsa2048;
}

bool is_at_or_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

std::vector<Leaf> instance_leaves(const Instance& instance, std::string_view role_name) {
  Leaves leaves{
      {"dynamic/fws/instance-monitoring", "disabled"},
      {std::string(kIdentityDocument), render_identity_document(instance)},
      {"dynamic/instance-identity/pkcs7", "", Content::Kind::kIdentityPkcs7},
      {"dynamic/instance-identity/rsa2048", "", Content::Kind::kIdentityRsa2048},
      {"dynamic/instance-identity/signature", "", Content::Kind::kIdentitySignature},
      {"meta-data/ami-id", instance.image_id},
      {"meta-data/ami-launch-index", "0"},
      {"meta-data/ami-manifest-path", "(unknown)"},
      {"meta-data/events/maintenance/history", "[]"},
      {"meta-data/events/maintenance/scheduled", "[]"},
      {"meta-data/hostname", instance.hostname},
      {"meta-data/instance-action", "none"},
      {"meta-data/instance-id", instance.id},
      {"meta-data/instance-life-cycle", instance.life_cycle},
      {"meta-data/instance-type", instance.type},
      {"meta-data/local-hostname", instance.hostname},
      {"meta-data/local-ipv4", instance.private_ip},
      {"meta-data/mac", instance.mac},
      {"meta-data/metrics/vhostmd", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"},
      {"meta-data/placement/availability-zone", instance.availability_zone},
      {"meta-data/placement/availability-zone-id", instance.availability_zone_id},
      {"meta-data/placement/region", instance.region},
      {"meta-data/profile", "default-hvm"},
      {"meta-data/reservation-id", instance.reservation_id},
      {"meta-data/services/domain", instance.domain},
      {"meta-data/services/partition", instance.partition},
      {"meta-data/system", "nitro"},
  };
  add_network_leaves(leaves, instance.interfaces);
  add_public_keys(leaves, instance.public_keys);
  add_tags(leaves, instance.tags);
  add_optional_leaves(leaves, instance);
  add_role_leaves(leaves, instance, role_name);
  return leaves;
}

void override_leaves(std::vector<Leaf>& leaves, const PathOverrides& overrides) {
  for (const auto& [path, text] : overrides) {
    std::erase_if(leaves, [&](const Leaf& leaf) {
      return is_at_or_below(leaf.path, path) || (text && is_at_or_below(path, leaf.path));
    });
    if (text) {
      leaves.push_back({path, *text, path == "user-data" ? Content::Kind::kUserData : Content::Kind::kText});
    }
  }
  if (std::ranges::find(leaves, kIdentityDocument, &Leaf::path) == leaves.end()) {
    std::erase_if(leaves, is_identity_signature);
  }
}

void announce_leaves(std::vector<Leaf>& leaves, const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    const bool is_taken = std::ranges::any_of(
        leaves, [&](const Leaf& leaf) { return is_at_or_below(leaf.path, path) || is_at_or_below(path, leaf.path); });
    if (!is_taken) {
      leaves.push_back({path, "", Content::Kind::kAnnounced});
    }
  }
}

std::string tag_set(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::string set;
  for (const auto& [key, value] : tags) {
    set += fmt::format("{}{}:{}", set.empty() ? "" : ",", json_string(key), json_string(value));
  }
  return "{" + set + "}";
}

std::string instance_profile_id(std::string_view profile_arn) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const auto digest = sha256(profile_arn);
  std::string id = "AIPA";
  for (std::size_t i = 0; i < 17; ++i) {
    id += kAlphabet[digest[i] % kAlphabet.size()];
  }
  return id;
}

}  // namespace understudy::metadata
