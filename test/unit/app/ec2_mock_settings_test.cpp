#include "understudy/app/ec2_mock_settings.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

MockKeys file_of(const char* json) {
  const auto keys = read_mock_file(json);
  REQUIRE(keys);
  return *keys;
}

TEST_CASE("a flag wins over the environment, that over the file, and that over the default") {
  const Environment environment({{"AEMM_SPOT_ACTION", "hibernate"},
                                 {"AEMM_MOCK_DELAY_SEC", "12"},
                                 {"AEMM_EVENTS_STATE", ""},
                                 {"AEMM_METADATA_VALUES_MAC", "0e:49:61:0f:c3:77"}});
  const auto file = file_of(R"({"spot": {"action": "stop", "time": "2020-01-07T01:03:47Z"}, "imdsv2": true,
                                "mock-delay-sec": 3, "server": {"port": "1550"}})");
  const MockSettings settings({{"mock-delay-sec", "8"}}, environment, file);
  CHECK(settings.text("mock-delay-sec") == "8");
  CHECK(settings.text("spot.action") == "hibernate");
  CHECK(settings.text("spot.time") == "2020-01-07T01:03:47Z");
  CHECK(settings.text("imdsv2") == "true");
  CHECK(settings.text("server.port") == "1550");
  CHECK(settings.text("events.state") == "active");
  CHECK(settings.text("metadata.values.mac") == "0e:49:61:0f:c3:77");
  CHECK(settings.text("metadata.paths.mac-mac") == "/latest/meta-data/network/interfaces/macs/0e:49:61:0f:c3:11/mac");
  CHECK(settings.odd().empty());
}

TEST_CASE("a hostname that is set and empty is said, as AEMM's chart needs it") {
  const Environment environment({{"AEMM_SERVER_HOSTNAME", ""}, {"AEMM_SPOT_ACTION", ""}});
  CHECK(MockSettings({}, environment, {}).text("server.hostname").empty());
  CHECK(MockSettings({}, environment, {}).text("spot.action") == "terminate");
  CHECK(MockSettings({}, {}, {}).text("server.hostname") == "127.0.0.1");
}

TEST_CASE("the file's keys are compared as AEMM does: without regard to case, but for tags") {
  const auto keys = file_of(R"({"Metadata": {"Values": {"MAC": "x", "tags-instance": {"Name": "a", "name": "b"}}},
      "dynamic": {"values": {"instance-identity-document": {"accountId": "9876543210", "kernelId": null,
                                                            "marketplaceProductCodes": ["a", "b"]}}}})");
  CHECK(keys == MockKeys{{"metadata.values.mac", "x"},
                         {"metadata.values.tags-instance.Name", "a"},
                         {"metadata.values.tags-instance.name", "b"},
                         {"dynamic.values.instance-identity-document.accountid", "9876543210"},
                         {"dynamic.values.instance-identity-document.marketplaceproductcodes", R"(["a","b"])"}});
}

TEST_CASE("what is no JSON object, or says a key twice, is refused") {
  for (const auto* text : {"", "[]", "{", R"({"imdsv2": true, "IMDSv2": false})"}) {
    CAPTURE(text);
    const auto keys = read_mock_file(text);
    REQUIRE(!keys);
    CHECK(keys.error().code == "BadFile");
  }
}

TEST_CASE("keys and variables that mean nothing are told, with what was likely meant") {
  const Environment environment({{"AEMM_SPOT_ACTON", "stop"}, {"AEMM_SERVICE_PORT_HTTP", "1338"}, {"OTHER", "x"}});
  const MockSettings settings({}, environment, file_of(R"({"metadata": {"values": {"macc": "x"}}})"));
  REQUIRE(settings.odd().size() == 2);
  CHECK(settings.odd().at(0) == "the file's key metadata.values.macc is not known; did you mean metadata.values.mac?");
  CHECK(settings.odd().at(1) == "the variable AEMM_SPOT_ACTON is not known; did you mean AEMM_SPOT_ACTION?");
}

TEST_CASE("what is the default anyway is not said: saved files hold every default") {
  const MockSettings settings({}, {}, file_of(R"({"spot": {"action": "terminate"}, "imdsv2": true})"));
  CHECK(!settings.is_said("spot.action"));
  CHECK(!settings.is_said("mock-delay-sec"));
  CHECK(settings.is_said("imdsv2"));
}

TEST_CASE("a saved file is what AEMM reads, and reads back as it was") {
  const auto file = file_of(R"({"imdsv2": true, "metadata": {"values": {"tags-instance": {"A.b": "c"}}}})");
  const MockSettings settings({{"mock-delay-sec", "8"}, {"spot.action", "stop"}}, {}, file);
  const auto json = nlohmann::json::parse(settings.to_json());
  CHECK(json["imdsv2"] == true);
  CHECK(json["mock-delay-sec"] == 8);
  CHECK(json["server"]["port"] == "1338");
  CHECK(json["spot"]["action"] == "stop");
  CHECK(json["metadata"]["values"]["tags-instance"]["A.b"] == "c");
  CHECK(json["metadata"]["paths"]["mac"] == "/latest/meta-data/mac");
  const MockSettings again({}, {}, file_of(settings.to_json().c_str()));
  CHECK(again.odd().empty());
  CHECK(again.to_json() == settings.to_json());
}

}  // namespace
}  // namespace understudy::app
