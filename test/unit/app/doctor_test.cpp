#include "understudy/app/doctor.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Texts = std::map<std::string, std::string, std::less<>>;
using Lines = std::vector<std::string>;

constexpr const char* kOurs = "http://127.0.0.1:1339/creds";
constexpr const char* kExportOurs = "export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds";
constexpr const char* kDocument =
    R"({"RoleArn":"arn:aws:iam::111122223333:role/app","AccessKeyId":"ASIAIOSFODNN7EXAMPLE","Token":"fake-session"})";

/// Answers by `METHOD url`; what is not listed does not answer.
class FakeEndpoints final : public HttpClient {
 public:
  std::map<std::string, Response> answers;
  std::vector<Request> seen;

  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) override {
    CHECK(limits.total <= std::chrono::seconds(2));
    seen.push_back(request);
    const auto found = answers.find(request.method + " http://" + origin.authority() + request.target);
    if (found == answers.end()) {
      return Error{Error::Kind::kUnavailable, "ConnectionError", "connection refused"};
    }
    return found->second;
  }
};

struct Ward {
  Texts variables;
  Texts files;
  FakeEndpoints endpoints{};
  std::string token_file{};

  Ward& with_container(int status = 200, const char* body = kDocument) {
    endpoints.answers[std::string("GET ") + kOurs] = {.status = status, .headers = {}, .body = body, .hop_limit = {}};
    return *this;
  }
  Ward& with_instance(const std::string& origin) {
    endpoints.answers["PUT " + origin + "/latest/api/token"] = {
        .status = 200, .headers = {}, .body = "fake-token", .hop_limit = {}};
    endpoints.answers["GET " + origin + "/latest/meta-data/iam/security-credentials/"] = {
        .status = 200, .headers = {}, .body = "app", .hop_limit = {}};
    return *this;
  }

  Diagnosis diagnosis() {
    const Environment environment(variables);
    const auto read = [this](const std::filesystem::path& path) -> Result<std::string> {
      const auto found = files.find(path.string());
      if (found == files.end()) {
        return Error{Error::Kind::kNotFound, "FileError", "can not open " + path.string()};
      }
      return found->second;
    };
    return diagnose({environment, read, endpoints, kOurs, token_file});
  }
};

Ward ward(Texts variables, Texts files = {}) { return {std::move(variables), std::move(files)}; }

bool says(const Step& step, std::string_view text) { return step.why.find(text) != std::string::npos; }

TEST_CASE("in a clean shell clients fail, and the way to us is one variable") {
  auto bare = ward({});
  const auto off = bare.diagnosis();
  CHECK(off.winner() == nullptr);
  CHECK_FALSE(off.ours_wins());
  CHECK(off.to_type == Lines{"understudy serve &", kExportOurs});
  const auto on = bare.with_container().diagnosis();
  CHECK(on.to_type == Lines{kExportOurs});
}

TEST_CASE("the token file is named where our endpoint asks for one") {
  auto bare = ward({});
  bare.token_file = "/run/my dir/token";
  CHECK(bare.with_container().diagnosis().to_type ==
        Lines{kExportOurs, "export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE='/run/my dir/token'"});
}

TEST_CASE("ours wins by the container variables") {
  auto ready = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}});
  const auto diagnosis = ready.with_container().diagnosis();
  CHECK(diagnosis.ours_wins());
  CHECK(diagnosis.to_type.empty());
  CHECK(says(*diagnosis.winner(), "arn:aws:iam::111122223333:role/app"));
}

TEST_CASE("ours wins by the instance endpoint, named or pretended") {
  auto named = ward({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"}});
  const auto by_name = named.with_instance("http://127.0.0.1:1338").diagnosis();
  CHECK(by_name.ours_wins());
  CHECK(says(*by_name.winner(), "role app"));
  auto link_local = ward({});
  CHECK(link_local.with_instance("http://169.254.169.254").diagnosis().ours_wins());
  const auto& requests = named.endpoints.seen;
  const auto get = std::ranges::find(requests, "/latest/meta-data/iam/security-credentials/", &Request::target);
  REQUIRE(get != requests.end());
  CHECK(get->headers.get("X-aws-ec2-metadata-token") == "fake-token");
}

TEST_CASE("on AWS the link-local endpoints are AWS's own") {
  auto instance = ward({}, {{"/sys/class/dmi/id/sys_vendor", "Amazon EC2\n"}});
  const auto diagnosis = instance.with_instance("http://169.254.169.254").with_container().diagnosis();
  REQUIRE(diagnosis.winner() != nullptr);
  CHECK_FALSE(diagnosis.ours_wins());
  CHECK(diagnosis.to_type == Lines{"export AWS_EC2_METADATA_DISABLED=true", kExportOurs});
}

TEST_CASE("whatever comes first is taken out of the way") {
  struct Row {
    const char* what;
    Texts variables;
    Texts files;
    std::size_t winner;
    Step::State state;
    Lines remedy;
  };
  const std::string unset_keys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";
  const std::string no_profile = "unset AWS_PROFILE AWS_DEFAULT_PROFILE";
  const std::string no_files = "export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null";
  const std::string unset_web = "unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME";
  const auto takes = Step::State::kTakes;
  const auto fails = Step::State::kBroken;
  const std::vector<Row> rows{
      {"keys",
       {{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "fake"}},
       {},
       0,
       takes,
       {unset_keys}},
      {"half a pair", {{"AWS_SECRET_ACCESS_KEY", "fake"}}, {}, 0, fails, {unset_keys}},
      {"web identity", {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}, {"AWS_ROLE_ARN", "a"}}, {}, 1, takes, {unset_web}},
      {"half of it", {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}, {}, 1, fails, {unset_web}},
      {"credentials file",
       {{"HOME", "/h"}},
       {{"/h/.aws/credentials", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = fake\n"}},
       2,
       takes,
       {no_profile, no_files}},
      {"sso in the config file, with a region",
       {{"HOME", "/h"}, {"AWS_PROFILE", "dev"}},
       {{"/h/.aws/config", "[profile dev]\nsso_session = x\nregion = eu-west-1\n"}},
       2,
       takes,
       {no_profile, no_files, "export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1"}},
      {"another place",
       {{"AWS_CONFIG_FILE", "/c"}},
       {{"/c", "[default]\ncredential_process = x\n"}},
       2,
       takes,
       {no_profile, no_files}},
      {"a profile that there is not", {{"AWS_PROFILE", "gone"}}, {}, 2, fails, {no_profile}},
      {"a file that can not be read",
       {{"AWS_CONFIG_FILE", "/c"}},
       {{"/c", "[default\n"}},
       2,
       fails,
       {no_profile, no_files}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto patient = ward(row.variables, row.files);
    patient.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = kOurs;
    const auto diagnosis = patient.with_container().diagnosis();
    CHECK_FALSE(diagnosis.ours_wins());
    CHECK(diagnosis.winner() == &diagnosis.steps.at(row.winner));
    CHECK(diagnosis.winner()->state == row.state);
    CHECK(diagnosis.to_type == row.remedy);
  }
}

TEST_CASE("a profile with a region only is not in the way") {
  auto patient = ward({{"HOME", "/h"}, {"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}},
                      {{"/h/.aws/config", "[default]\nregion = eu-west-1\n"}});
  CHECK(patient.with_container().diagnosis().ours_wins());
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

TEST_CASE("the report shows the chain, the verdict and what to type, and no key") {
  auto patient = ward({{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "fake-secret"}});
  const auto text = render(patient.with_container().diagnosis());
  CHECK(text.find("* 1. keys in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set\n") !=
        std::string::npos);
  CHECK(text.find("\nBefore understudy comes: keys in the environment.\n") != std::string::npos);
  CHECK(text.find("\n  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n") != std::string::npos);
  CHECK(text.find(kExportOurs) != std::string::npos);
  CHECK(text.find("AKIAIOSFODNN7EXAMPLE") == std::string::npos);
  CHECK(text.find("fake-secret") == std::string::npos);
}

TEST_CASE("words for the shell are quoted where they need it") {
  CHECK(shell_word("http://127.0.0.1:1339/creds") == "http://127.0.0.1:1339/creds");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == R"('it'\''s')");
  CHECK(shell_word("$(x)") == "'$(x)'");
  CHECK(shell_word("") == "''");
}

}  // namespace
}  // namespace understudy::app
