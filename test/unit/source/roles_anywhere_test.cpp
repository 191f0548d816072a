#include "understudy/source/roles_anywhere.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "fakes/fake_http.hpp"
#include "fakes/fake_surroundings.hpp"
#include "fakes/pem.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using nlohmann::json;
using std::chrono::hours;

const std::string kAnchor = "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/0b1c";
const std::string kProfile = "arn:aws:rolesanywhere:eu-west-1:111122223333:profile/5a7d";
const std::string kRole = "arn:aws:iam::111122223333:role/edge";

struct Stage {
  fakes::FakeSurroundings fake;
  fakes::FakeHttp http;
  fakes::TempFolder folder;
  fakes::Identity authority = fakes::make_identity({"authority", "", 30});
  fakes::Identity identity = fakes::make_identity({"host", "", 10}, &authority);
  RolesAnywhereSource::Settings settings{
      kAnchor,      kProfile, kRole,      (folder / "c.pem").string(), (folder / "k.pem").string(), "",
      std::nullopt, "",       "eu-west-1"};
  std::unique_ptr<RolesAnywhereSource> source;

  Stage() {
    // Certificates of tests hold around the machine's own time.
    fake.clock.set_wall(SystemClock().wall());
    write("c.pem", identity.pem());
    write("k.pem", fakes::pem_of(*identity.key, fakes::PemForm::kPkcs8));
  }
  void write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    REQUIRE(write_file_atomically(folder / name, text, mode));
  }
  void then(int status, const json& body) { http.then(Response{status, {}, Body(body.dump()), std::nullopt}); }
  void then_credentials() {
    const json keys{{"accessKeyId", "ASIAEDGE"},
                    {"secretAccessKey", "s"},
                    {"sessionToken", "t"},
                    {"expiration", format_iso8601(fake.clock.wall() + hours(1))}};
    then(201, {{"credentialSet", {{{"credentials", keys}, {"roleArn", kRole}}}}, {"subjectArn", "x"}});
  }
  Result<aws::Credentials> get() {
    if (!source) {
      source = std::make_unique<RolesAnywhereSource>(fakes::with_http(fake.get(), http), settings);
    }
    return source->get(Freshness::kCached);
  }
  [[nodiscard]] Request sent(std::size_t which = 0) const { return http.sent().at(which).request; }
};

TEST_CASE("a role is got by CreateSession, with the ARNs in the query") {
  Stage stage;
  stage.then_credentials();
  const auto got = stage.get();
  REQUIRE(got);
  CHECK(got->access_key_id == "ASIAEDGE");
  CHECK(got->secret_access_key == Secret("s"));
  CHECK(got->session_token == Secret("t"));
  CHECK(got->role_arn == kRole);
  CHECK(got->account_id == "111122223333");
  CHECK(got->obtained == stage.fake.clock.wall());
  CHECK(*got->expiration > got->obtained + std::chrono::minutes(59));
  CHECK(stage.http.sent().at(0).origin.to_string() == "https://rolesanywhere.eu-west-1.amazonaws.com/");
  const auto request = stage.sent();
  CHECK(request.method == "POST");
  CHECK(request.target == "/sessions?profileArn=" + percent_encode(kProfile) + "&roleArn=" + percent_encode(kRole) +
                              "&trustAnchorArn=" + percent_encode(kAnchor));
  CHECK(request.body == "{}");
  CHECK(request.headers.count("Host") == 1);
  CHECK(request.headers.get("X-Amz-X509") == base64(fakes::der_of(*stage.identity.certificate)));
  CHECK_FALSE(request.headers.get("X-Amz-X509-Chain"));
  CHECK(request.headers.get("Authorization")->starts_with("AWS4-X509-ECDSA-SHA256 Credential="));
}

TEST_CASE("duration and session name go into the body") {
  Stage stage;
  stage.settings.duration = hours(2);
  stage.settings.session_name = "edge-1";
  stage.then_credentials();
  REQUIRE(stage.get());
  CHECK(json::parse(stage.sent().body) == json{{"durationSeconds", 7200}, {"roleSessionName", "edge-1"}});
}

TEST_CASE("the chain is what stands behind the certificate and in the chain's file, without the certificate") {
  Stage stage;
  const auto other = fakes::make_identity({"another authority", "", 30});
  stage.write("c.pem", stage.identity.pem() + stage.authority.pem());
  stage.write("chain.pem", stage.identity.pem() + other.pem());
  stage.settings.chain = (stage.folder / "chain.pem").string();
  stage.then_credentials();
  REQUIRE(stage.get());
  CHECK(stage.sent().headers.get("X-Amz-X509-Chain") ==
        base64(fakes::der_of(*stage.authority.certificate)) + "," + base64(fakes::der_of(*other.certificate)));
}

TEST_CASE("files are read anew, so that a renewed certificate counts") {
  Stage stage;
  stage.then_credentials();
  REQUIRE(stage.get());
  const auto newer = fakes::make_identity({"host", "", 10}, &stage.authority);
  stage.write("c.pem", newer.pem());
  stage.write("k.pem", fakes::pem_of(*newer.key, fakes::PemForm::kTraditional));
  stage.then_credentials();
  REQUIRE(stage.get());
  CHECK(stage.sent(1).headers.get("X-Amz-X509") == base64(fakes::der_of(*newer.certificate)));
}

TEST_CASE("each attempt is signed anew") {
  Stage stage;
  stage.then(503, json::object());
  stage.then_credentials();
  stage.http.on_send([&] { stage.fake.clock.advance(std::chrono::seconds(5)); });
  REQUIRE(stage.get());
  CHECK(stage.sent(0).headers.get("X-Amz-Date") != stage.sent(1).headers.get("X-Amz-Date"));
  CHECK(stage.sent(0).headers.get("Authorization") != stage.sent(1).headers.get("Authorization"));
}

TEST_CASE("a refusal by a server of another time is answered with its time, and with that from then on") {
  struct Row {
    std::string_view what;
    std::chrono::minutes skew;
    std::size_t sent;
  };
  for (const auto& [what, skew, sent] :
       {Row{"ours is behind", hours(2), 3}, Row{"ours is ahead", -hours(2), 3}, Row{"it is our time", {}, 1}}) {
    CAPTURE(what);
    Stage stage;
    const auto dated = [&](int status, const json& body) {
      const Headers headers{{"Date", format_http_date(stage.fake.clock.wall() + skew)}};
      stage.http.then(Response{status, headers, Body(body.dump()), std::nullopt});
    };
    dated(403, {{"__type", "AccessDeniedException"}, {"message", "Invalid signature"}});
    stage.then_credentials();
    stage.then_credentials();
    const auto first = stage.get();
    CHECK((first ? "" : first.error().code) == (sent == 1 ? "AccessDenied" : ""));
    if (first) {
      REQUIRE(stage.get());
    }
    REQUIRE(stage.http.sent().size() == sent);
    for (std::size_t i = 1; i < sent; ++i) {
      CHECK(stage.sent(i).headers.get("X-Amz-Date") == format_amz_date(stage.fake.clock.wall() + skew));
    }
    CHECK(stage.fake.log.count(LogLevel::kWarning, "Roles Anywhere's; requests are signed with the corrected time") ==
          (sent == 1 ? 0 : 1));
  }
}

TEST_CASE("a private key that others may read is told of once") {
  Stage stage;
  stage.write("k.pem", fakes::pem_of(*stage.identity.key, fakes::PemForm::kPkcs8), 0640);
  for (int i = 0; i < 2; ++i) {
    stage.then_credentials();
    REQUIRE(stage.get());
  }
  CHECK(stage.fake.log.count(LogLevel::kWarning, "k.pem: others may read this private key; type: chmod 600 ") == 1);
}

TEST_CASE("what is wrong with the files is said without a call") {
  struct Row {
    std::string code;
    Error::Kind kind;
    std::string said;
    std::function<void(Stage&)> spoil;
  };
  const auto in = [](const Stage& stage, const std::string& name) { return (stage.folder / name).string(); };
  const std::vector<Row> rows{
      {"KeyMismatch", Error::Kind::kInvalid, "k.pem is not the private key of the certificate in ",
       [](Stage& stage) { stage.write("k.pem", fakes::pem_of(*stage.authority.key, fakes::PemForm::kPkcs8)); }},
      {"CertificateEnded", Error::Kind::kActionNeeded, "c.pem ended at ",
       [](Stage& stage) { stage.fake.clock.advance(hours(24 * 11)); }},
      {"CertificateNotYetValid", Error::Kind::kUnavailable, "is this clock right?",
       [](Stage& stage) { stage.fake.clock.set_wall(stage.fake.clock.wall() - hours(24 * 11)); }},
      {"EncryptedPrivateKey", Error::Kind::kInvalid, "k.pem is encrypted",
       [](Stage& stage) { stage.write("k.pem", fakes::pem_of(*stage.identity.key, fakes::PemForm::kPkcs8, "word")); }},
      {"BadPrivateKey", Error::Kind::kInvalid, "k.pem holds none", [](Stage& stage) { stage.write("k.pem", "x"); }},
      {"BadCertificate", Error::Kind::kInvalid, "c.pem holds none", [](Stage& stage) { stage.write("c.pem", "x"); }},
      {"BadCertificate", Error::Kind::kInvalid, "k.pem holds none",
       [&](Stage& stage) { stage.settings.chain = in(stage, "k.pem"); }},
      {"FileError", Error::Kind::kNotFound, "can not open",
       [&](Stage& stage) { stage.settings.certificate = in(stage, "nothing.pem"); }},
      {"FileError", Error::Kind::kNotFound, "can not open",
       [&](Stage& stage) { stage.settings.private_key = in(stage, "nothing.pem"); }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.code);
    Stage stage;
    row.spoil(stage);
    const auto got = stage.get();
    REQUIRE_FALSE(got);
    CHECK(got.error().code == row.code);
    CHECK(got.error().kind == row.kind);
    CAPTURE(got.error().message);
    CHECK(got.error().message.find(row.said) != std::string::npos);
    CHECK(stage.http.sent().empty());
  }
}

TEST_CASE("what the service refuses is told with what to do about it") {
  struct Row {
    int status;
    json body;
    Error error;
  };
  using Kind = Error::Kind;
  const std::vector<Row> rows{
      {403,
       {{"__type", "AccessDeniedException"}, {"message", "Untrusted Signing Certificate"}},
       {Kind::kDenied, "AccessDenied",
        "Roles Anywhere refuses: AccessDeniedException: Untrusted Signing Certificate (the trust anchor's authority "
        "has "
        "to have issued the certificate, and certificates between the two belong into \"chain\")"}},
      {403,
       {{"code", "AccessDeniedException"}, {"message", "Not authorized to set roleSessionName."}},
       {Kind::kDenied, "AccessDenied",
        "Roles Anywhere refuses: AccessDeniedException: Not authorized to set roleSessionName. (leave session_name "
        "out, "
        "or let the profile accept role session names)"}},
      {403,
       {{"__type", "AccessDeniedException"}, {"Message", "no"}},
       {Kind::kDenied, "AccessDenied", "Roles Anywhere refuses: AccessDeniedException: no"}},
      {400,
       {{"__type", "ValidationException"}},
       {Kind::kDenied, "Validation", "Roles Anywhere refuses: ValidationException"}},
      {404,
       {{"__type", "ResourceNotFoundException"}, {"message", "no such profile"}},
       {Kind::kDenied, "ResourceNotFound", "Roles Anywhere refuses: ResourceNotFoundException: no such profile"}},
      {404,
       {{"message", "no such page"}},
       {Kind::kUnavailable, "Http404", "Roles Anywhere answered 404: no such page"}},
      {201,
       {{"credentialSet", json::array()}},
       {Kind::kUnavailable, "BadAnswer", "Roles Anywhere answered without complete credentials"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body.dump());
    Stage stage;
    stage.then(row.status, row.body);
    const auto got = stage.get();
    REQUIRE_FALSE(got);
    CHECK(got.error().kind == row.error.kind);
    CHECK(got.error().code == row.error.code);
    CHECK(got.error().message == row.error.message);
  }
}

}  // namespace
}  // namespace understudy::source
