#include <vector>

#include "imds_conformance.hpp"

#include <doctest/doctest.h>

/// Who may read, by which method, where tokens are required, where they are optional, and where the service is off.
namespace understudy::service {
namespace {

constexpr const char* kLeaf = "/latest/meta-data/instance-id";
constexpr const char* kFolder = "/latest/meta-data/iam/security-credentials/";
constexpr const char* kUnknown = "/latest/meta-data/nothing";
constexpr const char* kUnknownVersion = "/2020-01-01/meta-data/";
Reply id() { return value("i-0123456789abcdef0"); }

TEST_CASE("where tokens are required, nobody is told anything without one") {
  ImdsStage stage;
  std::vector<Row> rows;
  for (const char* target : {"/", "/latest", "/latest/", "/latest/meta-data/", kLeaf, kFolder, kRolePath, kUnknown,
                             kUnknownVersion, "/latest/user-data", "/latest/dynamic/", "/nowhere", "/latest/../x"}) {
    for (const auto with : {With::kNothing, With::kDeadToken, With::kGarbage, With::kTwoTokens}) {
      rows.push_back({"GET", target, with, nothing(401)});
    }
    for (const char* method : {"HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"}) {
      rows.push_back({method, target, With::kNothing, nothing(401)});
      rows.push_back({method, target, With::kDeadToken, nothing(401)});
    }
  }
  check_rows(stage, rows);
}

TEST_CASE("with a good token both modes answer alike") {
  for (const bool optional : {false, true}) {
    CAPTURE(optional);
    ImdsStage stage(optional ? optional_tokens() : ImdsSettings{});
    check_rows(stage, {
                          {"GET", kLeaf, With::kToken, id()},
                          {"GET", kFolder, With::kToken, value("app")},
                          {"GET", kUnknown, With::kToken, page()},
                          {"GET", kUnknownVersion, With::kToken, page()},
                          {"GET", "/latest/user-data", With::kToken, page()},
                          {"GET", kLeaf, With::kTokenForwarded, nothing(403)},
                          {"GET", kUnknown, With::kTokenForwarded, nothing(403)},
                          {"HEAD", kLeaf, With::kToken, id()},
                          {"HEAD", kUnknown, With::kToken, page()},
                          {"OPTIONS", kLeaf, With::kToken, allow(200, "OPTIONS, GET, HEAD")},
                          {"OPTIONS", kFolder, With::kToken, allow(200, "OPTIONS, GET, HEAD")},
                          {"POST", kLeaf, With::kToken, nothing(403)},
                          {"POST", kUnknown, With::kToken, nothing(403)},
                          {"DELETE", kLeaf, With::kToken, nothing(403)},
                          {"PUT", kLeaf, With::kToken, nothing(403)},
                          {"PUT", "/2021-03-23/api/token", With::kToken, nothing(403)},
                          {"PATCH", kLeaf, With::kToken, nothing(403)},
                          {"get", kLeaf, With::kToken, nothing(403)},
                      });
  }
}

TEST_CASE("where tokens are optional, no token is fine and a bad one is not") {
  ImdsStage stage(optional_tokens());
  check_rows(stage, {
                        {"GET", kLeaf, With::kNothing, id()},
                        {"GET", kFolder, With::kNothing, value("app")},
                        {"GET", kUnknown, With::kNothing, page()},
                        {"GET", kUnknownVersion, With::kNothing, page()},
                        {"GET", "/latest/api", With::kNothing, page()},
                        {"HEAD", kLeaf, With::kNothing, id()},
                        {"OPTIONS", kLeaf, With::kNothing, allow(200, "OPTIONS, GET, HEAD")},
                        {"POST", kLeaf, With::kNothing, nothing(403)},
                        {"DELETE", kLeaf, With::kNothing, nothing(403)},
                        {"GET", kLeaf, With::kDeadToken, nothing(401)},
                        {"GET", kLeaf, With::kGarbage, nothing(401)},
                        {"GET", kUnknown, With::kGarbage, nothing(401)},
                        {"GET", kLeaf, With::kTwoTokens, nothing(401)},
                        {"POST", kLeaf, With::kDeadToken, nothing(401)},
                        {"GET", kLeaf, With::kForwarded, nothing(403)},
                    });
}

TEST_CASE("a client has a say in nothing: what it would accept is not looked at") {
  ImdsStage stage(optional_tokens());
  for (const auto& field : std::vector<HeaderField>{{"Accept", "application/json"},
                                                    {"Accept-Encoding", "gzip"},
                                                    {"Range", "bytes=0-1"},
                                                    {"If-Modified-Since", kStarted},
                                                    {"If-None-Match", "*"},
                                                    {"X-HTTP-Method-Override", "PUT"}}) {
    CAPTURE(field.name);
    check_reply(stage.get(kLeaf, {field}), {"GET", kLeaf, With::kNothing, id()});
  }
}

TEST_CASE("a service that is switched off answers everything with an empty 403") {
  auto settings = settings_of("{enabled: false, tokens: optional}");
  ImdsStage stage(settings);
  std::vector<Row> rows;
  for (const char* method : {"GET", "HEAD", "PUT", "OPTIONS", "POST", "DELETE"}) {
    for (const char* target : {"/", "/latest/api/token", "/latest/api/token/", kLeaf, kRolePath, kUnknown, "/nowhere",
                               "/latest/user-data"}) {
      for (const auto with : {With::kNothing, With::kGarbage, With::kForwarded}) {
        rows.push_back({method, target, with, nothing(403)});
      }
    }
  }
  check_rows(stage, rows);
  check_empty(stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "60"}})), 403);
  CHECK(stage.token().empty());
}

}  // namespace
}  // namespace understudy::service
