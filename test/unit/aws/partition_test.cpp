#include "understudy/aws/partition.hpp"

#include <initializer_list>
#include <set>
#include <string>

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

TEST_CASE("a region belongs to the partition whose form its name has") {
  struct Row {
    std::string_view region;
    std::string_view partition;
  };
  for (const auto& [region, partition] : std::initializer_list<Row>{
           {"us-east-1", "aws"},
           {"eu-central-2", "aws"},
           {"ap-southeast-10", "aws"},
           {"mx-central-1", "aws"},
           {"il-central-1", "aws"},
           {"cn-north-1", "aws-cn"},
           {"cn-northwest-1", "aws-cn"},
           {"us-gov-west-1", "aws-us-gov"},
           {"us-gov-east-1", "aws-us-gov"},
           {"us-iso-east-1", "aws-iso"},
           {"us-isob-east-1", "aws-iso-b"},
           {"eu-isoe-west-1", "aws-iso-e"},
           {"us-isof-south-1", "aws-iso-f"},
           {"eusc-de-east-1", "aws-eusc"},
           {"aws-global", "aws"},
           {"aws-cn-global", "aws-cn"},
           {"aws-us-gov-global", "aws-us-gov"},
           {"aws-iso-global", "aws-iso"},
           {"aws-iso-b-global", "aws-iso-b"},
       }) {
    CAPTURE(region);
    CHECK(partition_of_region(region).name == partition);
  }
}

TEST_CASE("a region of no known form belongs to aws") {
  for (const auto* region :
       {"", "us", "us-east", "us-east-", "us-east-1a", "us-east-1-1", "us-gov", "cn--1", "cn-north-x", "cn_north_1",
        "eusc-fr-east-1", "eusc-east-1", "xx-new-1", "mars-1", "aws-cn-globalx"}) {
    CAPTURE(region);
    CHECK(partition_of_region(region).name == "aws");
  }
}

TEST_CASE("a region's name is of lower-case letters, digits and hyphens") {
  CHECK(is_region("eu-west-1"));
  CHECK(is_region("aws-cn-global"));
  for (const auto* text : {"", "EU-WEST-1", "eu_west_1", "eu-west-1.", "eu west"}) {
    CAPTURE(text);
    CHECK_FALSE(is_region(text));
  }
  CHECK_FALSE(is_region(std::string(33, 'a')));
}

TEST_CASE("there are eight partitions, each with a name and region prefixes of its own") {
  std::set<std::string_view> names;
  std::multiset<std::string_view> prefixes;
  for (const auto& partition : partitions()) {
    names.insert(partition.name);
    prefixes.insert(partition.region_prefixes.begin(), partition.region_prefixes.end());
    CHECK_FALSE(partition.dns_suffix.empty());
    CHECK_FALSE(partition.dual_stack_dns_suffix.empty());
  }
  CHECK(names.size() == 8);
  CHECK(prefixes.size() == std::set<std::string_view>(prefixes.begin(), prefixes.end()).size());
}

}  // namespace
}  // namespace understudy::aws
