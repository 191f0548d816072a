#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

#include "fakes/nodes.hpp"
#include "fakes/pem.hpp"
#include "login_session_stage.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using Stage = LoginSessionStage;
using Variables = Stage::Variables;

const std::string kMe = Stage::kMe;

/// The claims of the proof that a request carries.
json claims_of(const Request& request) {
  const auto proof = request.headers.get("DPoP").value_or("..");
  return json::parse(unbase64url(split(proof, '.')[1]).value());
}

TEST_CASE("credentials that are good for more than five minutes are given as they stand in the file") {
  Stage stage;
  stage.write(minutes(6));
  const auto got = stage.get();
  REQUIRE(got);
  CHECK(got->access_key_id == "ASIAOLD");
  CHECK(got->session_token == Secret("t"));
  CHECK(got->account_id == "111122223333");
  CHECK(got->expiration == stage.fake.clock.wall() + minutes(6));
  CHECK(got->obtained == stage.fake.clock.wall());
  CHECK(stage.http.sent().empty());
}

TEST_CASE("with five minutes left they are renewed and saved for others") {
  Stage stage;
  stage.write(minutes(5));
  stage.then_renewed();
  const auto got = stage.get();
  REQUIRE(got);
  CHECK(got->access_key_id == "ASIANEW");
  CHECK(got->account_id == "111122223333");
  CHECK(got->expiration == stage.fake.clock.wall() + minutes(15));
  const auto saved = stage.on_disk();
  CHECK(saved.at("accessToken").at("accessKeyId") == "ASIANEW");
  CHECK(saved.at("accessToken").at("accountId") == "111122223333");
  CHECK(saved.at("accessToken").at("expiresAt") == "2026-11-20T23:52:24Z");
  CHECK(saved.at("refreshToken") == "r2");
  CHECK(saved.at("dpopKey") == stage.dpop_key);
  CHECK(saved.at("unknown") == json{1, 2});
  CHECK((file_mode(stage.file()) & 0777) == 0600);
  CHECK(stage.get()->access_key_id == "ASIANEW");
  CHECK(stage.http.sent().size() == 1);
}

TEST_CASE("a renewal is a JSON call without a signature, with a proof for its address") {
  Stage stage;
  stage.write(minutes(1));
  stage.then(503, json::object());
  stage.then_renewed();
  REQUIRE(stage.get());
  const auto sent = stage.http.sent();
  REQUIRE(sent.size() == 2);
  const auto& origin = sent[0].origin;
  const auto& request = sent[0].request;
  CHECK(origin.to_string() == "https://us-east-1.signin.aws.amazon.com/");
  CHECK(request.method == "POST");
  CHECK(request.target == "/v1/token");
  CHECK_FALSE(request.headers.get("Authorization"));
  CHECK(json::parse(request.body) == json{{"clientId", "arn:aws:signin:::devtools/same-device"},
                                          {"refreshToken", "r1"},
                                          {"grantType", "refresh_token"}});
  std::set<std::string> ids;
  for (const auto& attempt : sent) {
    const auto claims = claims_of(attempt.request);
    CHECK(claims.at("htm") == "POST");
    CHECK(claims.at("htu") == "https://us-east-1.signin.aws.amazon.com/v1/token");
    const auto id = claims.at("jti").get<std::string>();
    CHECK(id.size() == 36);
    CHECK(id[14] == '4');
    ids.insert(id);
  }
  CHECK(ids.size() == 2);
}

TEST_CASE("sign-in is asked where the entry or the surroundings say") {
  struct Row {
    std::string region;
    Variables variables;
    std::string url;
  };
  const std::vector<Row> rows{
      {"eu-west-1", {}, "https://eu-west-1.signin.aws.amazon.com/v1/token"},
      {"", {{"AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:8080/base/"}}, "http://127.0.0.1:8080/base/v1/token"},
      {"", {{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}}, "http://127.0.0.1:1/v1/token"},
  };
  for (const auto& row : rows) {
    Stage stage;
    stage.settings.region = row.region;
    stage.variables.insert(row.variables.begin(), row.variables.end());
    stage.write(minutes(0));
    stage.then_renewed();
    REQUIRE(stage.get());
    CHECK(claims_of(stage.http.sent().at(0).request).at("htu") == row.url);
  }
}

TEST_CASE("credentials that were refused are renewed, however long they would last") {
  Stage stage;
  stage.write(minutes(15));
  stage.then_renewed();
  CHECK(stage.get(Freshness::kFresh)->access_key_id == "ASIANEW");
}

TEST_CASE("what sign-in refuses needs a person, but for a missing permission") {
  struct Row {
    int status;
    json body;
    Error::Kind kind;
    std::string code;
    std::string said;
  };
  const std::string run = "run: aws login --profile NAME";
  const std::vector<Row> rows{
      {401, {{"error", "TOKEN_EXPIRED"}, {"message", "gone"}}, Error::Kind::kActionNeeded, "LoginRequired", run},
      {403,
       {{"error", "USER_CREDENTIALS_CHANGED"}},
       Error::Kind::kActionNeeded,
       "LoginRequired",
       "sign-in does not renew the session (USER_CREDENTIALS_CHANGED) of " + kMe + "; " + run},
      {400,
       {{"error", "invalid_grant"}, {"error_description", "no"}},
       Error::Kind::kActionNeeded,
       "LoginRequired",
       "sign-in does not renew the session (invalid_grant: no) of " + kMe + "; " + run},
      {400, {{"error", "INVALID_REQUEST"}}, Error::Kind::kActionNeeded, "LoginRequired", run},
      {403,
       {{"error", "INSUFFICIENT_PERMISSIONS"}},
       Error::Kind::kDenied,
       "InsufficientPermissions",
       "allow " + kMe + " the action signin:CreateOAuth2Token"},
      {400, {{"error", "server_error"}}, Error::Kind::kUnavailable, "server_error", "sign-in answered 400"},
      {404, {{"message", "no such page"}}, Error::Kind::kUnavailable, "Http404", "sign-in answered 404"},
      {200, {{"accessToken", "t"}}, Error::Kind::kUnavailable, "BadAnswer", "without complete credentials"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body.dump());
    Stage stage;
    stage.write(minutes(-1));
    const auto before = read_file(stage.file());
    stage.then(row.status, row.body);
    const auto got = stage.get();
    REQUIRE_FALSE(got);
    CHECK(got.error().kind == row.kind);
    CHECK(got.error().code == row.code);
    CAPTURE(got.error().message);
    CHECK(got.error().message.find(row.said) != std::string::npos);
    CHECK(*read_file(stage.file()) == *before);
  }
}

TEST_CASE("a session that is not there, or can not be renewed, says what to run") {
  Stage none;
  CHECK(none.get().error() ==
        Error{Error::Kind::kActionNeeded, "LoginRequired",
              "there is no login session of " + kMe +
                  "; run: aws login --profile NAME, with the profile whose login_session that is"});
  struct Row {
    json changes;
    std::string why;
  };
  const auto on_p384 = fakes::pem_of(*fakes::make_ec_key("P-384"), fakes::PemForm::kPkcs8);
  const std::vector<Row> rows{
      {{{"accessToken", nullptr}}, "accessToken.accessKeyId is missing"},
      {{{"clientId", nullptr}}, "clientId is missing"},
      {{{"refreshToken", 1}}, "refreshToken is missing"},
      {{{"dpopKey", nullptr}}, "dpopKey is missing"},
      {{{"dpopKey", "x"}}, "its dpopKey holds none that can be read"},
      {{{"dpopKey", on_p384}}, "its dpopKey is no key on the curve P-256"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    Stage stage;
    stage.write(minutes(1), row.changes);
    const auto got = stage.get();
    REQUIRE_FALSE(got);
    CHECK(got.error().kind == Error::Kind::kActionNeeded);
    CHECK(got.error().code == "BadLoginSession");
    CHECK(got.error().message.starts_with(stage.file().string() + " can not be used: " + row.why));
    CHECK(got.error().message.find("run: aws login") != std::string::npos);
    CHECK(stage.http.sent().empty());
  }
}

TEST_CASE("an entry is an ARN, or a map with a region") {
  const auto read = [](Node value) {
    const auto entry = fakes::placed(fakes::map({{"login", std::move(value)}}), "roles.me");
    std::vector<Problem> problems;
    Fields fields(entry, problems);
    const auto blueprint = login_session_kind().read({"me", *entry.find("login"), fields}, problems);
    std::string said = blueprint ? blueprint->describe() : "";
    for (const auto& problem : problems) {
      said += problem.path + ": " + problem.message;
    }
    return said;
  };
  CHECK(read(fakes::text(kMe)) == "login session " + kMe);
  CHECK(read(fakes::map({{"session", fakes::text(kMe)}, {"region", fakes::text("eu-west-1")}})) ==
        "login session " + kMe);
  const std::string expected = "expected the ARN that stands as login_session in the profile, such as " + kMe;
  CHECK(read(fakes::text("dev")) == "roles.me.login: " + expected);
  CHECK(read(fakes::map({{"session", fakes::text("dev")}})) == "roles.me.login.session: " + expected);
  CHECK(read(fakes::map({{"region", fakes::text("x")}})).find("\"session\" is required") != std::string::npos);
  CHECK(read(fakes::map({{"sesion", fakes::text(kMe)}})).find("did you mean \"session\"") != std::string::npos);
  CHECK(read(fakes::list({})).find("expected a map") != std::string::npos);
}

}  // namespace
}  // namespace understudy::source
