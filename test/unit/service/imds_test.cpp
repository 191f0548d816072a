#include "understudy/service/imds.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "imds_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

TEST_CASE("a token is given with its life time, as text, and with the hop limit on the answer alone") {
  ImdsStage stage;
  const auto response = stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "60"}}));
  CHECK(response.status == 200);
  CHECK(response.body.size() == 56);
  CHECK(response.hop_limit == 1);
  CHECK(response.headers ==
        Headers{{"Content-Type", "text/plain"}, {"Server", "EC2ws"}, {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60"}});
  const auto read = stage.get("/latest/meta-data/", {{kTokenHeader, std::string(response.body.view())}});
  CHECK(read.status == 200);
  CHECK_FALSE(read.hop_limit.has_value());
}

TEST_CASE("the configured hop limit is that of the token's answer") {
  ImdsSettings settings;
  settings.hop_limit = 64;
  ImdsStage stage(settings);
  CHECK(stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "60"}})).hop_limit == 64);
}

TEST_CASE("a token request is answered by its life time") {
  struct Row {
    Headers headers;
    int status;
  };
  ImdsStage stage;
  const std::vector<Row> rows{
      {{{kTtlHeader, "0"}}, 200},
      {{{kTtlHeader, "1"}}, 200},
      {{{kTtlHeader, "21600"}}, 200},
      {{{"x-AWS-ec2-METADATA-token-TTL-seconds", "60"}}, 200},
      {{{kTtlHeader, "21601"}}, 400},
      {{{kTtlHeader, "-1"}}, 400},
      {{{kTtlHeader, "+5"}}, 400},
      {{{kTtlHeader, "1e3"}}, 400},
      {{{kTtlHeader, ""}}, 400},
      {{{kTtlHeader, "4294967356"}}, 400},
      {{{kTtlHeader, "60"}, {kTtlHeader, "60"}}, 400},
      {{}, 400},
      {{{kTtlHeader, "60"}, {"X-Forwarded-For", "1.2.3.4"}}, 403},
      {{{kTtlHeader, "60"}, {"x-forwarded-FOR", ""}}, 403},
      {{{kTtlHeader, "60"}, {"Host", "evil.com"}}, 403},
      {{{kTtlHeader, "60"}, {"Origin", "http://localhost"}}, 403},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    const auto response = stage.ask(request_of("PUT", "/latest/api/token", rows[i].headers));
    CHECK(response.status == rows[i].status);
    if (rows[i].status != 200) {
      check_empty(response, rows[i].status);
      CHECK(header(response, kTtlHeader) == "(none)");
      CHECK_FALSE(response.hop_limit.has_value());
    }
  }
}

TEST_CASE("every spelling of the token's path gives a token, and no version has one but the latest") {
  ImdsStage stage;
  for (const char* target : {"/latest/api/token/", "//latest/api/token", "/latest/./api/token?x=1"}) {
    CAPTURE(target);
    CHECK(stage.ask(request_of("PUT", target, {{kTtlHeader, "60"}})).status == 200);
  }
  const auto token = stage.token();
  for (const char* target : {"/2021-03-23/api/token", "/latest/api", "/latest/meta-data", kRolePath}) {
    CAPTURE(target);
    check_empty(stage.ask(request_of("PUT", target, {{kTtlHeader, "60"}})), 401);
    check_empty(stage.ask(request_of("PUT", target, {{kTtlHeader, "60"}, {kTokenHeader, token}})), 403);
  }
}

TEST_CASE("another method on the token's path is told which there are, before any token") {
  ImdsStage stage;
  for (const char* method : {"GET", "HEAD", "POST", "DELETE"}) {
    for (const auto& headers : {Headers{}, stage.signed_in()}) {
      CAPTURE(method);
      const auto response = stage.ask(request_of(method, "/latest/api/token", headers));
      check_empty(response, 405);
      CHECK(header(response, "Allow") == "OPTIONS, PUT");
    }
  }
}

TEST_CASE("where tokens are required, nothing is told without a good one, not even what there is") {
  ImdsStage stage;
  const auto dead = stage.token("0");
  const auto good = stage.token();
  for (const char* method : {"GET", "HEAD", "OPTIONS", "POST", "DELETE"}) {
    for (const char* target : {"/", "/latest/meta-data/", kRolePath, "/nowhere", "/latest/../x"}) {
      for (const auto& headers : {Headers{}, Headers{{kTokenHeader, dead}}, Headers{{kTokenHeader, "garbage"}},
                                  Headers{{kTokenHeader, ""}}, Headers{{kTokenHeader, good}, {kTokenHeader, good}}}) {
        CAPTURE(method);
        CAPTURE(target);
        const auto response = stage.ask(request_of(method, target, headers));
        check_empty(response, 401);
        CHECK(response.headers.size() == 2);
      }
    }
  }
}

TEST_CASE("where tokens are optional, none is fine and a bad one is not") {
  ImdsStage stage(optional_tokens());
  const auto response = stage.get("/latest/meta-data/instance-id");
  CHECK(response.status == 200);
  CHECK(header(response, kTtlHeader) == "(none)");
  CHECK(stage.get("/nowhere").status == 404);
  CHECK(stage.get(kRolePath).status == 200);
  check_empty(stage.ask(request_of("POST", "/latest/meta-data/")), 403);
  check_empty(stage.get("/latest/meta-data/", {{kTokenHeader, "garbage"}}), 401);
  check_empty(stage.get("/latest/meta-data/", {{kTokenHeader, stage.token("0")}}), 401);
  check_empty(stage.get("/latest/meta-data/", {{"X-Forwarded-For", "1.2.3.4"}}), 403);
  CHECK(stage.get("/latest/meta-data/", stage.signed_in()).status == 200);
}

TEST_CASE("an ended token and a missing one are told to the operator, each once a minute") {
  ImdsStage stage;
  const auto token = stage.token("1");
  stage.clock.advance(std::chrono::seconds(1));
  for (int i = 0; i < 3; ++i) {
    CHECK(stage.get("/", {{kTokenHeader, token}}).status == 401);
    CHECK(stage.get("/").status == 401);
  }
  CHECK(stage.log.lines().size() == 2);
  CHECK(stage.log.contains("imds: {tokens: optional}"));
  CHECK(stage.log.contains("its token has ended"));
  CHECK_FALSE(stage.log.contains(token));
}

TEST_CASE("a value is answered with the headers of an instance and the token's remaining life") {
  ImdsStage stage;
  const auto headers = stage.signed_in();
  stage.clock.advance(std::chrono::seconds(100));
  const auto response = stage.get("/latest/meta-data/instance-id", headers);
  CHECK(response.status == 200);
  CHECK(response.body == Body("i-0123456789abcdef0"));
  CHECK(response.headers == Headers{{"Content-Type", "text/plain"},
                                    {"Server", "EC2ws"},
                                    {"Accept-Ranges", "none"},
                                    {"Last-Modified", "Fri, 20 Nov 2026 23:37:24 GMT"},
                                    {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21500"}});
}

TEST_CASE("each spelling of a path answers the same bytes") {
  ImdsStage stage;
  const auto headers = stage.signed_in();
  const auto expected = stage.get("/latest/meta-data/iam/security-credentials/", headers);
  CHECK(expected.body == Body("app"));
  for (const char* target :
       {"/latest/meta-data/iam/security-credentials", "//latest/meta-data/iam/security-credentials/",
        "/latest/./meta-data//iam/security-credentials?x=1", "/latest/meta-data/%69am/security-credentials/"}) {
    CAPTURE(target);
    CHECK(stage.get(target, headers) == expected);
  }
  CHECK(stage.get(std::string(kRolePath) + "/", headers) == stage.get(kRolePath, headers));
  CHECK(stage.get("/2021-03-23/meta-data/instance-id", headers).status == 200);
}

TEST_CASE("what is not there is a page of 339 bytes") {
  ImdsStage stage;
  const auto headers = stage.signed_in();
  for (const char* target :
       {"/nowhere", "/latest/api", "/latest/user-data", "/latest/meta-data/instance-id/x", "/2020-01-01/meta-data/",
        "/latest/meta-data/iam/security-credentials/audit", "/latest/meta-data/../meta-data", "/latest/%2e%2e/latest",
        "/latest%2fmeta-data", "/latest/meta-data%00", "/1.0/meta-data/iam/"}) {
    CAPTURE(target);
    const auto response = stage.get(target, headers);
    CHECK(response.status == 404);
    CHECK(response.body.size() == 339);
    CHECK(header(response, "Content-Type") == "text/html");
    CHECK(header(response, kTtlHeader) == "21600");
    CHECK(response.headers.size() == 3);
  }
  const auto page = stage.get("/nowhere", headers).body;
  CHECK(page.view().starts_with("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<!DOCTYPE html "));
  CHECK(page.view().find("\n\t\t \"http://www.w3.org/TR/xhtml1/") != std::string_view::npos);
  CHECK(page.view().ends_with("</html>\n"));
}

TEST_CASE("methods: HEAD as GET, OPTIONS tells them, any other is refused") {
  ImdsStage stage;
  const auto headers = stage.signed_in();
  CHECK(stage.ask(request_of("HEAD", kRolePath, headers)) == stage.get(kRolePath, headers));
  const auto options = stage.ask(request_of("OPTIONS", kRolePath, headers));
  check_empty(options, 200);
  CHECK(header(options, "Allow") == "OPTIONS, GET, HEAD");
  CHECK(header(options, kTtlHeader) == "21600");
  for (const char* method : {"POST", "DELETE", "PATCH", "PUT", "get", "BREW"}) {
    CAPTURE(method);
    const auto response = stage.ask(request_of(method, kRolePath, headers));
    check_empty(response, 403);
    CHECK(header(response, kTtlHeader) == "21600");
  }
}

TEST_CASE("a request of a browser or a proxy is refused before its token is looked at") {
  ImdsStage stage;
  const auto token = stage.token();
  for (const auto& field : {HeaderField{"Host", "evil.com"}, HeaderField{"Origin", "null"},
                            HeaderField{"Sec-Fetch-Site", "cross-site"}, HeaderField{"x-forwarded-for", "1.2.3.4"}}) {
    CAPTURE(field.name);
    const auto response = stage.get(kRolePath, {{kTokenHeader, token}, field});
    check_empty(response, 403);
    CHECK(response.headers.size() == 2);
  }
}

TEST_CASE("user data are bytes of somebody's, and a configured path is a text like any other") {
  auto settings = optional_tokens();
  settings.instance.user_data = std::string("#!/bin/sh\n\0\xff", 12);
  settings.paths = {{"meta-data/kernel-id", "aki-1"}, {"meta-data/system", std::nullopt}};
  ImdsStage stage(settings);
  for (const char* target : {"/latest/user-data", "/1.0/user-data/"}) {
    const auto response = stage.get(target);
    CHECK(response.status == 200);
    CHECK(header(response, "Content-Type") == "application/octet-stream");
    CHECK(response.body.view() == *settings.instance.user_data);
  }
  const auto kernel = stage.get("/latest/meta-data/kernel-id");
  CHECK(header(kernel, "Content-Type") == "text/plain");
  CHECK(kernel.body.view() == "aki-1");
  CHECK(stage.get("/latest/meta-data/system").status == 404);
  ImdsStage bare(optional_tokens());
  CHECK(bare.get("/latest/user-data").status == 404);
  CHECK(bare.get("/latest").body.view() == "dynamic\nmeta-data\nuser-data");
}

}  // namespace
}  // namespace understudy::service
