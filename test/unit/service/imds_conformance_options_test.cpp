#include <string>
#include <vector>

#include "imds_conformance.hpp"

#include <doctest/doctest.h>

/// What the configuration switches: user data, tags, single paths, addresses of the second family.
namespace understudy::service {
namespace {

Row get(std::string target, Reply reply) { return {"GET", std::move(target), With::kToken, std::move(reply)}; }

TEST_CASE("user data are whatever bytes they are, in every version, and nothing else is of their type") {
  for (const std::string& data : {std::string("#!/bin/sh\necho hello\n"), std::string("\x1f\x8b\0\xff\r\n", 6),
                                  std::string("<html>"), std::string("\n"), std::string(16384, 'x')}) {
    auto settings = settings_of("{role: app}");
    settings.instance.user_data = data;
    ImdsStage stage(settings);
    check_rows(stage, {
                          get("/latest/user-data", bytes(data)),
                          get("/latest/user-data/", bytes(data)),
                          get("//latest//user-data?x", bytes(data)),
                          get("/1.0/user-data", bytes(data)),
                          get("/2009-04-04/user-data", bytes(data)),
                          get("/2026-04-15/user-data", bytes(data)),
                          get("/2020-01-01/user-data", page()),
                          get("/latest/user-data/x", page()),
                          get("/latest/meta-data/user-data", page()),
                          get("/user-data", page()),
                          {"HEAD", "/latest/user-data", With::kToken, bytes(data)},
                          {"GET", "/latest/user-data", With::kNothing, nothing(401)},
                          {"POST", "/latest/user-data", With::kToken, nothing(403)},
                      });
  }
}

TEST_CASE("no user data are nowhere, and listed all the same; empty ones are an empty answer") {
  ImdsStage none(settings_of("{role: app}"));
  check_rows(none, {get("/latest/user-data", page()), get("/latest/", value("dynamic\nmeta-data\nuser-data"))});
  ImdsStage empty(settings_of("{role: app, instance: {user_data: ''}}"));
  check_rows(empty, {get("/latest/user-data", bytes(""))});
}

TEST_CASE("tags are shown by key, and as a set in the order of the configuration") {
  ImdsStage stage(
      settings_of(R"({role: app, instance: {tags: {Name: web, "a+b=c": "x/y", "aws:made": "1", k.e-y_: "ü"}}})"));
  check_rows(stage, {
                        get("/latest/meta-data/tags", value("instance/")),
                        get("/latest/meta-data/tags/instance/", value("Name\na+b=c\naws:made\nk.e-y_")),
                        get("/latest/meta-data/tags/instance/Name", value("web")),
                        get("/latest/meta-data/tags/instance/a+b=c", value("x/y")),
                        get("/latest/meta-data/tags/instance/a%2Bb%3Dc", value("x/y")),
                        get("/latest/meta-data/tags/instance/aws:made", value("1")),
                        get("/latest/meta-data/tags/instance/k.e-y_", value("ü")),
                        get("/latest/meta-data/tags/instance/name", page()),
                        get("/2021-03-23/meta-data/tags/instance/Name", value("web")),
                        get("/2021-01-03/meta-data/tags/instance/Name", page()),
                        get("/latest/meta-data/tag-sets/instance",
                            value(R"({"Name":"web","a+b=c":"x/y","aws:made":"1","k.e-y_":"ü"})")),
                        get("/2024-04-11/meta-data/tag-sets/instance", page()),
                    });
}

TEST_CASE("where tags are not allowed in metadata, every path of theirs is nowhere") {
  ImdsStage stage(settings_of("{role: app, instance: {tags: {Name: web}, show_tags: false}}"));
  std::vector<Row> rows;
  for (const char* path : {"tags", "tags/", "tags/instance", "tags/instance/", "tags/instance/Name", "tag-sets",
                           "tag-sets/", "tag-sets/instance"}) {
    rows.push_back(get(std::string("/latest/meta-data/") + path, page()));
  }
  check_rows(stage, rows);
  const auto listing = stage.get("/latest/meta-data/", stage.signed_in());
  CHECK(listing.body.view().find("tag") == std::string_view::npos);
}

TEST_CASE("single paths are set and taken away, and the listings follow") {
  ImdsStage stage(settings_of(R"({role: app, paths: {
    meta-data/elastic-inference/associations/eia-1: "{}", meta-data/managed-ssh-keys/active-keys/me: "",
    meta-data/system: null, meta-data/metrics: null, meta-data/ami-launch-index: 3}})"));
  check_rows(stage, {
                        get("/latest/meta-data/elastic-inference", value("associations/")),
                        get("/latest/meta-data/elastic-inference/associations/eia-1", value("{}")),
                        get("/latest/meta-data/managed-ssh-keys/active-keys/me/", value("")),
                        {"HEAD", "/latest/meta-data/managed-ssh-keys/active-keys/me/", With::kToken, value("")},
                        get("/latest/meta-data/system", page()),
                        get("/latest/meta-data/metrics", page()),
                        get("/latest/meta-data/metrics/vhostmd", page()),
                        get("/latest/meta-data/ami-launch-index", value("3")),
                    });
}

TEST_CASE("an instance with IPv6 tells its address, and is asked at AWS's own by that family") {
  ImdsStage stage(settings_of("{role: app, tokens: optional, instance: {ipv6: '2001:db8::7'}}"));
  const Row row{"GET", "/latest/meta-data/ipv6", With::kNothing, value("2001:db8::7")};
  for (const char* host :
       {"[fd00:ec2::254]", "[fd00:ec2::254]:80", "[::1]:1338", "169.254.169.254", "localhost:1338"}) {
    CAPTURE(host);
    check_reply(stage.get(row.target, {{"Host", host}}), row);
  }
}

TEST_CASE("in us-east-1 and in other partitions names are what AWS makes them there") {
  struct Partition {
    const char* zone;
    const char* local_name;
    const char* public_name;
    const char* domain;
    const char* name;
  };
  for (const auto& row : {
           Partition{"us-east-1c", "ip-10-0-12-7.ec2.internal", "ec2-203-0-113-25.compute-1.amazonaws.com",
                     "amazonaws.com", "aws"},
           Partition{"ap-southeast-2a", "ip-10-0-12-7.ap-southeast-2.compute.internal",
                     "ec2-203-0-113-25.ap-southeast-2.compute.amazonaws.com", "amazonaws.com", "aws"},
           Partition{"cn-north-1a", "ip-10-0-12-7.cn-north-1.compute.internal",
                     "ec2-203-0-113-25.cn-north-1.compute.amazonaws.com.cn", "amazonaws.com.cn", "aws-cn"},
           Partition{"us-gov-west-1a", "ip-10-0-12-7.us-gov-west-1.compute.internal",
                     "ec2-203-0-113-25.us-gov-west-1.compute.amazonaws.com", "amazonaws.com", "aws-us-gov"},
       }) {
    CAPTURE(row.zone);
    ImdsStage stage(settings_of(std::string("{role: app, instance: {private_ip: 10.0.12.7, public_ip: 203.0.113.25, ") +
                                "availability_zone: " + row.zone + "}}"));
    check_rows(stage, {
                          get("/latest/meta-data/placement/availability-zone", value(row.zone)),
                          get("/latest/meta-data/local-hostname", value(row.local_name)),
                          get("/latest/meta-data/hostname", value(row.local_name)),
                          get("/latest/meta-data/public-hostname", value(row.public_name)),
                          get("/latest/meta-data/services/domain", value(row.domain)),
                          get("/latest/meta-data/services/partition", value(row.name)),
                      });
  }
}

}  // namespace
}  // namespace understudy::service
