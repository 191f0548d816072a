#include <algorithm>
#include <string>
#include <vector>

#include "understudy/app/doctor.hpp"
#include "unit/app/ward.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

TEST_CASE("on AWS the link-local endpoints are AWS's own") {
  auto instance = ward({}, {{"/sys/class/dmi/id/sys_vendor", "Amazon EC2\n"}});
  const auto diagnosis = instance.with_instance("http://169.254.169.254").with_container().diagnosis();
  REQUIRE(diagnosis.winner() != nullptr);
  CHECK_FALSE(diagnosis.ours_wins());
  CHECK(diagnosis.to_type == Lines{"export AWS_EC2_METADATA_DISABLED=true", kExportOurs});
}

TEST_CASE("a client that does not trust the server is told how its SDK comes to do so, and nothing else") {
  auto container = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://understudy:8443/creds"}});
  container.endpoints.failure = "TlsError";
  const auto diagnosis = container.diagnosis();
  REQUIRE(diagnosis.winner() != nullptr);
  CHECK(diagnosis.winner()->provider == "container endpoint");
  CHECK(says(*diagnosis.winner(), "by what this machine or SSL_CERT_FILE trusts"));
  const auto& lines = diagnosis.to_type;
  CHECK(std::ranges::count(lines, "#     export NODE_EXTRA_CA_CERTS=ca.pem") == 1);
  CHECK(std::ranges::all_of(lines, [](const auto& line) { return line.starts_with("# "); }));
}

TEST_CASE("what is wrong with the container variables is said, with the way out") {
  struct Row {
    const char* what;
    Texts variables;
    Texts files;
    const char* why;
    Lines to_type;
  };
  const std::string unset_both = "unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI";
  const std::string full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
  const std::string relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  const std::string file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
  const std::string value = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
  const std::vector<Row> rows{
      {"a host that SDKs refuse",
       {{full, "http://host.docker.internal:1339/creds"}},
       {},
       "SDKs refuse plain http to host.docker.internal",
       {"unset " + full, kExportOurs}},
      {"a name that begins like an address",
       {{full, "http://127.0.0.1.example.com/creds"}},
       {},
       "SDKs refuse plain http to 127.0.0.1.example.com",
       {"unset " + full, kExportOurs}},
      {"no URL", {{full, "127.0.0.1:1339"}}, {}, "", {unset_both, kExportOurs}},
      {"empty RELATIVE beside FULL",
       {{full, kOurs}, {relative, ""}},
       {},
       "set and empty",
       {"unset " + relative, kExportOurs}},
      {"RELATIVE beside FULL",
       {{full, kOurs}, {relative, "/v2/credentials/x"}},
       {},
       "wins over AWS_CONTAINER_CREDENTIALS_FULL_URI",
       {unset_both, kExportOurs}},
      {"no token file", {{full, kOurs}, {file, "/t"}}, {}, "can not open /t", {"unset " + file, kExportOurs}},
      {"a newline behind the token",
       {{full, kOurs}, {file, "/t"}},
       {{"/t", "abc\n"}},
       "newline",
       {"printf %s \"$(cat /t)\" > /t"}},
      {"two tokens", {{full, kOurs}, {file, "/t"}, {value, "x"}}, {{"/t", "abc"}}, "differ", {"unset " + value}},
      {"a proxy",
       {{full, kOurs}, {"HTTP_PROXY", "http://p:8080"}, {"NO_PROXY", "corp"}},
       {},
       "NO_PROXY does not name 127.0.0.1",
       {"export NO_PROXY=corp,127.0.0.1 no_proxy=corp,127.0.0.1"}},
      {"nobody there", {{full, "http://127.0.0.1:9/x"}}, {}, "does not answer", {unset_both, kExportOurs}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto patient = ward(row.variables, row.files);
    const auto diagnosis = patient.with_container().diagnosis();
    CHECK_FALSE(diagnosis.ours_wins());
    REQUIRE(diagnosis.winner() != nullptr);
    CHECK(diagnosis.winner()->provider == "container endpoint");
    CHECK(diagnosis.winner()->state == Step::State::kBroken);
    CAPTURE(diagnosis.winner()->why);
    CHECK(says(*diagnosis.winner(), row.why));
    CHECK(diagnosis.to_type == row.to_type);
  }
}

TEST_CASE("hosts that NO_PROXY covers need nothing") {
  for (const std::string_view covered : {"127.0.0.1", "*", "localhost, 127.0.0.1"}) {
    CAPTURE(covered);
    auto patient = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs},
                         {"http_proxy", "http://p:8080"},
                         {"no_proxy", std::string(covered)}});
    CHECK(patient.with_container().diagnosis().ours_wins());
  }
}

TEST_CASE("a host that is asked by https may be any, and the proxy for https is minded") {
  const std::string url = "https://understudy:8443/creds";
  auto patient = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}, {"HTTP_PROXY", "http://p:8080"}});
  patient.endpoints.answers["GET " + url] = {.status = 200, .headers = {}, .body = kDocument, .hop_limit = {}};
  CHECK(patient.diagnosis().ours_wins());
  patient.variables["HTTPS_PROXY"] = "http://p:8080";
  const auto diagnosis = patient.diagnosis();
  CHECK_FALSE(diagnosis.ours_wins());
  CHECK(says(*diagnosis.winner(), "HTTPS_PROXY is set and NO_PROXY does not name understudy"));
}

TEST_CASE("a refusal of the endpoint is shown with its message, and the token that was sent is not") {
  auto patient =
      ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "fake-secret"}});
  const auto diagnosis =
      patient.with_container(401, R"({"code":"AuthorizationFailed","message":"wrong token"})").diagnosis();
  REQUIRE(diagnosis.winner() != nullptr);
  CHECK(says(*diagnosis.winner(), "answers 401: wrong token"));
  CHECK(patient.endpoints.seen.front().headers.get("Authorization") == "fake-secret");
  CHECK(render(diagnosis).find("fake-secret") == std::string::npos);
}

TEST_CASE("an answer that is no JSON, or much too deep, is only a status") {
  for (const auto& body : {std::string("<html>"), std::string(30000, '['), std::string(R"({"message":7})")}) {
    auto patient = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}});
    const auto diagnosis = patient.with_container(500, body.c_str()).diagnosis();
    REQUIRE(diagnosis.winner() != nullptr);
    CHECK(diagnosis.winner()->why == std::string(kOurs) + " answers 500");
    CHECK(diagnosis.to_type == Lines{"# The fault is the server's; more says: understudy status"});
  }
}

TEST_CASE("a disabled or silent instance endpoint is not in the chain") {
  auto disabled = ward({{"AWS_EC2_METADATA_DISABLED", "True"}});
  const auto off = disabled.with_instance("http://169.254.169.254").diagnosis();
  CHECK(off.winner() == nullptr);
  CHECK(says(off.steps.back(), "AWS_EC2_METADATA_DISABLED"));
  auto silent = ward({});
  CHECK(says(silent.diagnosis().steps.back(), "does not answer"));
}

}  // namespace
}  // namespace understudy::app
