#include "understudy/metadata/instance_leaves.hpp"

#include <fmt/format.h>

#include "understudy/base/crypto.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/metadata/document.hpp"

namespace understudy::metadata {
namespace {

void add_role_leaves(std::vector<Leaf>& leaves, const Instance& instance, std::string_view role_name) {
  const auto launched = format_iso8601(instance.pending_time);
  const auto profile_arn =
      fmt::format("arn:{}:iam::{}:instance-profile/{}", instance.partition, instance.account_id, role_name);
  leaves.push_back({"meta-data/iam/info", render_document({{"Code", "Success"},
                                                           {"LastUpdated", launched},
                                                           {"InstanceProfileArn", profile_arn},
                                                           {"InstanceProfileId", instance_profile_id(profile_arn)}})});
  leaves.push_back(
      {fmt::format("meta-data/iam/security-credentials/{}", role_name), "", Content::Kind::kRoleCredentials});
  leaves.push_back(
      {"meta-data/identity-credentials/ec2/info",
       render_document({{"Code", "Success"}, {"LastUpdated", launched}, {"AccountId", instance.account_id}})});
  leaves.push_back(
      {"meta-data/identity-credentials/ec2/security-credentials/ec2-instance", "", Content::Kind::kRoleCredentials});
}

}  // namespace

std::vector<Leaf> instance_leaves(const Instance& instance, std::string_view role_name) {
  std::vector<Leaf> leaves{
      {"dynamic/instance-identity/document", render_identity_document(instance)},
      {"meta-data/ami-id", instance.image_id},
      {"meta-data/ami-launch-index", "0"},
      {"meta-data/ami-manifest-path", "(unknown)"},
      {"meta-data/hostname", instance.hostname},
      {"meta-data/instance-action", "none"},
      {"meta-data/instance-id", instance.id},
      {"meta-data/instance-life-cycle", instance.life_cycle},
      {"meta-data/instance-type", instance.type},
      {"meta-data/local-hostname", instance.hostname},
      {"meta-data/local-ipv4", instance.private_ip},
      {"meta-data/mac", instance.mac},
      {"meta-data/placement/availability-zone", instance.availability_zone},
      {"meta-data/placement/availability-zone-id", instance.availability_zone_id},
      {"meta-data/placement/region", instance.region},
      {"meta-data/profile", "default-hvm"},
      {"meta-data/reservation-id", instance.reservation_id},
      {"meta-data/security-groups", "default"},
      {"meta-data/services/domain", instance.domain},
      {"meta-data/services/partition", instance.partition},
      {"meta-data/system", "nitro"},
  };
  if (!role_name.empty()) {
    add_role_leaves(leaves, instance, role_name);
  }
  return leaves;
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
