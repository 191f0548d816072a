#include "understudy/app/ec2_mock_config.hpp"

#include <map>
#include <string>
#include <vector>

#include "understudy/app/ec2_mock_leaves.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/config/load.hpp"
#include "understudy/service/imds_scene.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

const WallTime kNow = *parse_iso8601("2026-11-20T23:37:24Z");

MockConfig translated(const MockKeys& said, MockPlay play = MockPlay::kEverything) {
  auto mock = translate_mock(MockSettings({}, {}, said), play, kNow);
  REQUIRE(mock);
  return *std::move(mock);
}

config::Config config_of(const MockConfig& mock) {
  const auto loaded = config::load_config_tree(mock.tree, "mock", {}, {});
  REQUIRE(loaded);
  CHECK(loaded->warnings.empty());
  return loaded->config;
}

/// Every path with its text, as it is served.
std::map<std::string, std::string> paths_of(const MockConfig& mock) {
  const auto config = config_of(mock);
  const auto instance = metadata::derive_instance(config.imds.instance, {config.region, "mock", "", kNow});
  std::map<std::string, std::string> out;
  for (const auto& leaf : service::imds_leaves(config.imds, instance, *config.imds.role_name)) {
    out[leaf.path] = leaf.text;
  }
  return out;
}

std::string notes_of(const MockKeys& said) {
  std::string out;
  for (const auto& note : translated(said).notes) {
    out += note + "\n";
  }
  return out;
}

TEST_CASE("every path of AEMM has its text, and there is no other") {
  const auto paths = paths_of(translated({}));
  std::size_t count = 0;
  for (const auto& leaf : mock_leaves()) {
    const auto path = with_default_names(leaf.path);
    CAPTURE(path);
    REQUIRE(paths.contains(path));
    const auto& text = paths.at(path);
    const auto expected = with_default_names(leaf.value);
    CHECK((expected.empty() || text == expected || text == expected + "\n"));
    ++count;
  }
  for (const auto& document : mock_documents()) {
    CHECK(paths.contains(with_default_names(document.path)));
    ++count;
  }
  CHECK(paths.contains("meta-data/iam/security-credentials/baskinc-role"));
  CHECK(paths.contains("user-data") == false);
  // What is announced comes beside the manners.
  CHECK(paths.size() == count + 1);
}

TEST_CASE("values that belong together follow what is said, and so do paths") {
  const auto paths = paths_of(translated({{"metadata.values.mac", "0e:49:61:0f:c3:77"},
                                          {"metadata.values.public-ipv4", "54.92.157.77"},
                                          {"metadata.values.instance-id", "i-0fedcba0987654321"}}));
  const std::string interface = "meta-data/network/interfaces/macs/0e:49:61:0f:c3:77/";
  CHECK(paths.at("meta-data/mac") == "0e:49:61:0f:c3:77");
  CHECK(paths.at("meta-data/instance-id") == "i-0fedcba0987654321");
  CHECK(paths.at(interface + "mac") == "0e:49:61:0f:c3:77");
  CHECK(paths.at(interface + "interface-id") == "eni-0f95d3625f5c521cc");
  CHECK(paths.at(interface + "ipv4-associations/54.92.157.77") == "192.0.2.54");
  CHECK(!paths.contains("meta-data/network/interfaces/macs/0e:49:61:0f:c3:11/interface-id"));
}

TEST_CASE("a value that no instance has is served all the same, and a path where it is said to be") {
  const auto paths = paths_of(
      translated({{"metadata.values.mac", "FOO"},
                  {"metadata.values.product-codes", ""},
                  {"metadata.paths.mac-device-number", "/latest/meta-data/network/interfaces/macs/BAR/device-number"},
                  {"metadata.paths.ami-id", "/latest/meta-data/image"}}));
  CHECK(paths.at("meta-data/mac") == "FOO");
  CHECK(paths.at("meta-data/network/interfaces/macs/FOO/interface-id") == "eni-0f95d3625f5c521cc");
  CHECK(paths.at("meta-data/network/interfaces/macs/BAR/device-number") == "0");
  CHECK(!paths.contains("meta-data/network/interfaces/macs/FOO/device-number"));
  CHECK(paths.at("meta-data/image") == "ami-0a887e401f7654935");
  CHECK(!paths.contains("meta-data/ami-id"));
  CHECK(paths.at("meta-data/product-codes").empty());
}

TEST_CASE("documents are AEMM's, with what is said of their members") {
  const auto paths =
      paths_of(translated({{"dynamic.values.instance-identity-document.accountid", "9876543210"},
                           {"dynamic.values.instance-identity-document.marketplaceproductcodes", R"(["a"])"},
                           {"metadata.values.elastic-inference-associations", "eia-1"}}));
  CHECK(paths.at("dynamic/instance-identity/document").starts_with("{\n\t\"accountId\": \"9876543210\",\n"));
  CHECK(paths.at("dynamic/instance-identity/document").find("\"marketplaceProductCodes\": [\n\t\t\"a\"\n\t]") !=
        std::string::npos);
  CHECK(paths.at("dynamic/instance-identity/document").find("\"kernelId\": null") != std::string::npos);
  CHECK(paths.at("meta-data/elastic-inference/associations/eia-1").starts_with("{\"version_2018_04_12\":{"));
  CHECK(paths.contains("dynamic/instance-identity/signature"));
}

TEST_CASE("tags are those that are said beside the defaults") {
  const auto paths = paths_of(translated({{"metadata.values.tags-instance.Name", "web"},
                                          {"metadata.values.tags-instance.name", "lower"},
                                          {"metadata.values.tags-instance-test", "other"}}));
  CHECK(paths.at("meta-data/tags/instance/Name") == "web");
  CHECK(paths.at("meta-data/tags/instance/name") == "lower");
  CHECK(paths.at("meta-data/tags/instance/Test") == "other");
}

TEST_CASE("server, tokens, user data and role are settings of ours") {
  const auto mock = translated({{"server.hostname", ""},
                                {"server.port", "1550"},
                                {"imdsv2", "true"},
                                {"hosts", "aemm.example, other.example"},
                                {"userdata.values.userdata", "MTIzNA=="},
                                {"metadata.values.iam-security-credentials-role", "app"}});
  const auto config = config_of(mock);
  CHECK(config.listen.imds == ListenAddress{"0.0.0.0", 1550});
  CHECK(!config.listen.containers);
  CHECK(config.imds.tokens_required);
  CHECK(config.hosts == std::vector<std::string>{"aemm.example", "other.example"});
  CHECK(mock.user_data == "1234");
  CHECK(mock.manners.bad_request == "400 Bad Request");
  CHECK(mock.manners.refuses_dead_tokens);
  CHECK(mock.manners.has_termination_time);
  CHECK(config.imds.role_name == "app");
  CHECK(!config_of(translated({})).imds.tokens_required);
  CHECK(config_of(translated({{"server.hostname", "localhost"}})).listen.imds->address == "127.0.0.1");
  CHECK(config_of(translated({{"server.hostname", "::1"}})).listen.imds->address == "::1");
}

TEST_CASE("whatever can not be honoured is told in a line") {
  struct Row {
    const char* key;
    const char* value;
    const char* part;
  };
  const Row rows[] = {
      {"watch-config-file", "true", "the file is read once"},
      {"metadata.paths.events", "/latest/meta-data/other", "metadata.paths.events: it stays"},
      {"metadata.paths.hostname", "/1.0/meta-data/hostname", "can not be served"},
      {"metadata.values.iam-security-credentials-role", "a/b", "can not be a role's name"},
      {"metadata.values.iam-security-credentials.expiration", "2021-01-01T00:00:00Z", "not a time to come"},
      {"metadata.values.iam-security-credentials.code", "Failed", "it is as instances tell it"},
      {"userdata.values.userdata", "not base64!", "no base64"},
      {"userdata.paths.userdata", "/latest/elsewhere", "stays at /latest/user-data"},
  };
  CHECK(notes_of({}).empty());
  for (const auto& row : rows) {
    CAPTURE(row.key);
    CHECK(notes_of({{row.key, row.value}}).find(row.part) != std::string::npos);
  }
}

TEST_CASE("values that AEMM refuses are refused") {
  const auto refused = translate_mock(
      MockSettings({}, {}, {{"spot.action", "explode"}, {"events.not-after", "soon"}, {"mock-delay-sec", "x"}}),
      MockPlay::kEverything, kNow);
  REQUIRE(!refused);
  REQUIRE(refused.error().size() == 3);
  CHECK(refused.error().at(0) == "mock-delay-sec: expected a whole number, found \"x\"");
  CHECK(refused.error().at(1) == "spot.action: expected one of terminate, hibernate, stop, found \"explode\"");
  CHECK(refused.error().at(2) == "events.not-after: expected a time such as 2020-01-07T01:03:47Z, found \"soon\"");
}

}  // namespace
}  // namespace understudy::app
