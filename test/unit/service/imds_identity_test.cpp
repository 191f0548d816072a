#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "imds_stage.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/imds.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

constexpr const char* kFolder = "/latest/dynamic/instance-identity/";

std::string path_of(const char* name) { return std::string(kFolder) + name; }

/// As a server asks: waits where it is told to, then asks again.
Response get_patiently(ImdsStage& stage, const std::string& path) {
  const auto request = request_of("GET", path);
  auto answer = stage.imds.answer(request, Patience::kMayWait);
  if (auto* const deferred = std::get_if<std::shared_ptr<Deferred>>(&answer)) {
    const auto woken = std::make_shared<std::promise<void>>();
    (*deferred)->on_ready([woken] { woken->set_value(); });
    woken->get_future().wait();
    return stage.ask(request);
  }
  return std::get<Response>(std::move(answer));
}

std::string bytes_in(const Response& response) {
  std::string text;
  for (const auto line : split(response.body.view(), '\n')) {
    text += line;
  }
  return unbase64(text).value_or("");
}

TEST_CASE("the identity's folder lists the document and its signatures") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.get(kFolder).body == Body("document\npkcs7\nrsa2048\nsignature"));
}

TEST_CASE("a signature is waited for where the caller can wait, else 503; then all are there as text") {
  ImdsStage stage(optional_tokens());
  check_empty(stage.get(path_of("rsa2048")), 503);
  const auto response = get_patiently(stage, path_of("rsa2048"));
  CHECK(response.status == 200);
  CHECK(header(response, "Content-Type") == "text/plain");
  CHECK(header(response, "Last-Modified") == "Fri, 20 Nov 2026 23:37:24 GMT");
  for (const char* name : {"pkcs7", "rsa2048", "signature"}) {
    CAPTURE(name);
    CHECK(std::holds_alternative<Response>(stage.imds.answer(request_of("GET", path_of(name)), Patience::kMayWait)));
    CHECK(stage.get(path_of(name)).status == 200);
  }
}

TEST_CASE("the messages hold the document, the plain signature is as long as its key") {
  ImdsStage stage(optional_tokens());
  const auto document = std::string(stage.get(path_of("document")).body.view());
  CHECK(bytes_in(get_patiently(stage, path_of("pkcs7"))).find(document) != std::string::npos);
  CHECK(bytes_in(stage.get(path_of("rsa2048"))).find(document) != std::string::npos);
  CHECK(bytes_in(stage.get(path_of("signature"))).size() == 128);
}

TEST_CASE("signatures need a token as every path does, and only they wait") {
  ImdsStage stage;
  check_empty(stage.get(path_of("pkcs7")), 401);
  const auto answer = stage.imds.answer(request_of("GET", path_of("document"), stage.signed_in()), Patience::kMayWait);
  CHECK(std::holds_alternative<Response>(answer));
}

TEST_CASE("a document that the configuration sets is the one that is signed") {
  auto settings = optional_tokens();
  settings.paths = {{"dynamic/instance-identity/document", "{\"mine\" : true}"}};
  ImdsStage stage(settings);
  CHECK(bytes_in(get_patiently(stage, path_of("pkcs7"))).find("{\"mine\" : true}") != std::string::npos);
}

TEST_CASE("single signatures can be set and taken away, and all go with the document") {
  auto settings = optional_tokens();
  settings.paths = {{"dynamic/instance-identity/pkcs7", "mine"}, {"dynamic/instance-identity/rsa2048", std::nullopt}};
  ImdsStage stage(settings);
  CHECK(stage.get(kFolder).body == Body("document\npkcs7\nsignature"));
  CHECK(stage.get(path_of("pkcs7")).body == Body("mine"));
  CHECK(stage.get(path_of("rsa2048")).status == 404);

  settings.paths = {{"dynamic/instance-identity/document", std::nullopt}};
  ImdsStage without(settings);
  CHECK(without.get(path_of("signature")).status == 404);
  CHECK(without.get("/latest/dynamic/").body == Body("fws/"));
}

}  // namespace
}  // namespace understudy::service
