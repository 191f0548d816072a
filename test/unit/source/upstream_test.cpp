#include "understudy/source/upstream.hpp"

#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

const Url kEndpoint{"http", "127.0.0.1", 8080, "/creds"};

TEST_CASE("a request is marked, and what may pass is tried again") {
  fakes::FakeNetwork network;
  network.then(503, "");
  network.then(429, "");
  network.then(404, "no");
  const auto answer = ask_upstream(network.get(), "the endpoint", kEndpoint, Request());
  REQUIRE(answer.has_value());
  CHECK(answer->response.status == 404);
  REQUIRE(network.http.sent().size() == 3);
  const auto sent = network.http.sent()[0].request;
  CHECK(sent.headers.get(kViaHeader) == "fake-mark");
  CHECK(sent.headers.get("Host") == "127.0.0.1:8080");
}

TEST_CASE("an endpoint that is this process is found out, another one's loop is not ours") {
  fakes::FakeNetwork network;
  network.then(kLoopStatus, "", {{"x-understudy-via", "fake-mark"}});
  const auto loop = ask_upstream(network.get(), "the endpoint", kEndpoint, Request());
  REQUIRE_FALSE(loop.has_value());
  CHECK(loop.error().kind == Error::Kind::kInvalid);
  CHECK(loop.error().code == "LoopToItself");
  CHECK(network.http.sent().size() == 1);
  for (int i = 0; i < 3; ++i) {
    network.then(kLoopStatus, "", {{"x-understudy-via", "another"}});
  }
  CHECK(ask_upstream(network.get(), "the endpoint", kEndpoint, Request()).error().code == "Http508");
}

TEST_CASE("the document is read as every endpoint writes it") {
  const auto got =
      parse_endpoint_document(R"({"RoleArn":"arn:aws:iam::111122223333:role/app","AccessKeyId":"ASIAIOSFODNN7EXAMPLE",
      "SecretAccessKey":"fake-secret","Token":"fake-token","Expiration":"2026-11-20T23:37:24Z","AccountId":"111122223333"})",
                              "it");
  REQUIRE(got.has_value());
  CHECK(got->access_key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(got->session_token == Secret("fake-token"));
  CHECK(got->expiration == parse_iso8601("2026-11-20T23:37:24Z"));
  CHECK(got->account_id == "111122223333");
  CHECK(got->role_arn == "arn:aws:iam::111122223333:role/app");
  for (const std::string text :
       {"", "<html>", "[]", R"({"AccessKeyId":"A","SecretAccessKey":"fake-secret"})",
        R"({"AccessKeyId":"A","SecretAccessKey":"fake-secret","Token":"t","Expiration":"soon"})"}) {
    CAPTURE(text);
    const auto bad = parse_endpoint_document(text, "it");
    REQUIRE_FALSE(bad.has_value());
    CHECK(bad.error().code == "BadAnswer");
    CHECK(bad.error().message.find("fake-secret") == std::string::npos);
  }
}

TEST_CASE("a refusal has the endpoint's own code and words") {
  const auto refusal = [](int status, std::string body) {
    return upstream_refusal(Response{status, {}, Body(std::move(body)), std::nullopt}, "it");
  };
  CHECK(refusal(403, R"({"code":"AccessDenied","message":"no","HTTPErrorCode":403})") ==
        Error{Error::Kind::kDenied, "AccessDenied", "it answered 403: no"});
  CHECK(refusal(404, "").kind == Error::Kind::kNotFound);
  CHECK(refusal(400, "<html>") == Error{Error::Kind::kInvalid, "Http400", "it answered 400"});
}

}  // namespace
}  // namespace understudy::source
