#include <chrono>
#include <string>
#include <vector>

#include "imds_conformance.hpp"

#include <doctest/doctest.h>

/// `PUT /latest/api/token`, row by row.
namespace understudy::service {
namespace {

constexpr const char* kTokenPath = "/latest/api/token";

/// A token for `ttl`, or an empty answer with another status.
struct TtlRow {
  const char* ttl;
  int status;
};

TEST_CASE("a life time of 0 to 21600 seconds gives a token that echoes it, any other nothing") {
  const std::vector<TtlRow> rows{
      {"0", 200},     {"1", 200},     {"60", 200},       {"900", 200},
      {"21599", 200}, {"21600", 200}, {"21601", 400},    {"86400", 400},
      {"-1", 400},    {"-0", 400},    {"+60", 400},      {"60s", 400},
      {"6h", 400},    {"60.0", 400},  {"1e2", 400},      {"0x3c", 400},
      {"", 400},      {"sixty", 400}, {"60, 60", 400},   {"4294967356", 400},
      {"6 0", 400},   {"NaN", 400},   {"\xD9\xA0", 400}, {"18446744073709551676", 400},
  };
  ImdsStage stage;
  for (const auto& row : rows) {
    CAPTURE(row.ttl);
    const auto response = stage.ask(request_of("PUT", kTokenPath, {{kTtlHeader, row.ttl}}));
    if (row.status != 200) {
      check_reply(response, {"PUT", kTokenPath, With::kNothing, nothing(row.status)});
      continue;
    }
    CHECK(response.status == 200);
    CHECK(response.body.size() == 56);
    CHECK(response.headers == Headers{{"Content-Type", "text/plain"},
                                      {"Server", "EC2ws"},
                                      {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds", row.ttl}});
  }
}

TEST_CASE("what else a token request says makes no difference, save that proxies and a second life time are refused") {
  struct ManyRow {
    std::string target;
    Headers headers;
    int status;
  };
  const std::vector<ManyRow> rows{
      {kTokenPath, {{kTtlHeader, "60"}}, 200},
      {kTokenPath, {{"X-AWS-EC2-METADATA-TOKEN-TTL-SECONDS", "60"}}, 200},
      {kTokenPath, {{kTtlHeader, "60"}, {"Content-Length", "0"}}, 200},
      {kTokenPath, {{kTtlHeader, "60"}, {"Accept", "application/json"}}, 200},
      {kTokenPath, {{kTtlHeader, "60"}, {kTokenHeader, "a token of yesterday's"}}, 200},
      {kTokenPath, {{kTtlHeader, "60"}, {"Host", "169.254.169.254"}}, 200},
      {kTokenPath, {{kTtlHeader, "60"}, {"Host", "[fd00:ec2::254]"}}, 200},
      {"/latest/api/token/", {{kTtlHeader, "60"}}, 200},
      {"//latest/api/token", {{kTtlHeader, "60"}}, 200},
      {"/latest//api/./token", {{kTtlHeader, "60"}}, 200},
      {"/latest/api/t%6fken", {{kTtlHeader, "60"}}, 200},
      {"/latest/api/token?x=1", {{kTtlHeader, "60"}}, 200},
      {kTokenPath, {}, 400},
      {kTokenPath, {{"X-aws-ec2-metadata-token-ttl", "60"}}, 400},
      {kTokenPath, {{kTtlHeader, "60"}, {kTtlHeader, "90"}}, 400},
      {kTokenPath, {{kTtlHeader, "60"}, {"X-Forwarded-For", "203.0.113.9"}}, 403},
      {kTokenPath, {{kTtlHeader, "60"}, {"x-forwarded-for", ""}}, 403},
      {kTokenPath, {{"X-Forwarded-For", "203.0.113.9"}}, 403},
      {"/latest/api/tokens", {{kTtlHeader, "60"}}, 401},
      {"/latest/api", {{kTtlHeader, "60"}}, 401},
      {"/2021-03-23/api/token", {{kTtlHeader, "60"}}, 401},
      {"/1.0/api/token", {{kTtlHeader, "60"}}, 401},
      {"/api/token", {{kTtlHeader, "60"}}, 401},
  };
  ImdsStage stage;
  for (const auto& row : rows) {
    CAPTURE(row.target);
    const auto response = stage.ask(request_of("PUT", row.target, row.headers));
    CHECK(response.status == row.status);
    CHECK(response.body.size() == (row.status == 200 ? 56 : 0));
    CHECK(header(response, "X-Aws-Ec2-Metadata-Token-Ttl-Seconds") == (row.status == 200 ? "60" : "(none)"));
  }
}

TEST_CASE("a token is text of the URL-safe base64 alphabet, and no two are alike") {
  ImdsStage stage;
  const auto token = stage.token();
  CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == 54);
  CHECK(token.substr(54) == "==");
  CHECK(stage.token() != token);
}

TEST_CASE("a token is good in its own spelling alone, however many others are given") {
  ImdsStage stage;
  const auto token = stage.token();
  stage.token();
  stage.token("1");
  const auto status_with = [&](const std::string& text) {
    return stage.get("/latest/meta-data/instance-id", {{kTokenHeader, text}}).status;
  };
  CHECK(status_with(token) == 200);
  // The last letter stands for 2 bits and 4 that have to be zero.
  auto not_canonical = token;
  not_canonical[53] = static_cast<char>(not_canonical[53] + 1);
  auto another = token;
  another[0] = another[0] == 'A' ? 'B' : 'A';
  for (const auto& text : {not_canonical, another, token.substr(0, 54), token.substr(0, 55), token + "=", token + token,
                           " " + token, "Bearer " + token, std::string(), std::string(56, '=')}) {
    CAPTURE(text);
    CHECK(status_with(text) == 401);
  }
  ImdsStage other;
  CHECK(other.get("/", {{kTokenHeader, token}}).status == 401);
}

TEST_CASE("a token's remaining life counts down with every answer, to the second in which it ends") {
  ImdsStage stage;
  const auto token = stage.token("60");
  struct Moment {
    int at;
    const char* left;  ///< nullptr: the token has ended.
  };
  int now = 0;
  for (const Moment& moment : {Moment{0, "60"}, Moment{1, "59"}, Moment{30, "30"}, Moment{59, "1"}, Moment{60, nullptr},
                               Moment{61, nullptr}}) {
    CAPTURE(moment.at);
    stage.clock.advance(std::chrono::seconds(moment.at - now));
    now = moment.at;
    for (const char* target : {"/latest/meta-data/instance-id", "/nowhere"}) {
      const auto response = stage.get(target, {{kTokenHeader, token}});
      CHECK((response.status == 401) == (moment.left == nullptr));
      CHECK(header(response, kTtlHeader) == (moment.left == nullptr ? "(none)" : moment.left));
    }
  }
}

TEST_CASE("no other method gives a token, and who tries is told before the token is looked at") {
  for (const bool optional : {false, true}) {
    ImdsStage stage(optional ? optional_tokens() : ImdsSettings{});
    std::vector<Row> rows;
    for (const char* method : {"GET", "HEAD", "POST", "DELETE", "PATCH"}) {
      for (const auto with : {With::kNothing, With::kToken, With::kDeadToken, With::kGarbage}) {
        rows.push_back({method, kTokenPath, with, allow(405, "OPTIONS, PUT")});
        rows.push_back({method, "/latest/api/token/", with, allow(405, "OPTIONS, PUT")});
      }
    }
    check_rows(stage, rows);
  }
}

}  // namespace
}  // namespace understudy::service
