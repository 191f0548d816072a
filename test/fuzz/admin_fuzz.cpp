// The operator's endpoint: `METHOD target`, an Authorization, the body. Without the token nobody is heard, and whatever
// is answered is one JSON value on a known status.

#include <nlohmann/json.hpp>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"
#include "fuzz/check.hpp"
#include "understudy/service/admin.hpp"

namespace {

namespace service = understudy::service;
using understudy::Request;

constexpr std::string_view kRight = "Bearer a-fake-token";

Request read_request(std::string_view text) {
  Request request;
  auto head = take_until(text, '\n');
  request.method = take_until(head, ' ');
  request.target = head;
  request.headers.add("Host", "127.0.0.1:1340");
  request.headers.add("Authorization", take_until(text, '\n'));
  request.body = text;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const understudy::fakes::FakeClock clock;
  understudy::fakes::RecordingLog log;
  int heard = 0;
  const auto echo = [&](const nlohmann::json& body) {
    ++heard;
    require(body.is_object());
    return service::admin_json(200, {{"body", body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)}});
  };
  service::Admin admin(understudy::Secret("a-fake-token"), {{"POST", "v1/echo", echo}}, {}, clock, log);
  const auto request = read_request(as_text(data, size));
  const auto response = understudy::answer_now(admin, request);
  require(response.status == 200 || response.status == 400 || response.status == 401 || response.status == 404 ||
          response.status == 405);
  require(heard == (response.status == 200 ? 1 : 0));
  require(heard == 0 || (request.headers.get("Authorization") == kRight && request.method == "POST"));
  require(nlohmann::json::accept(response.body.view()));
  for (const auto& line : log.lines()) {
    require(is_showable(line.text) && line.text.find("a-fake-token") == line.text.npos);
  }
  return 0;
}
