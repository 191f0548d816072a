#include "understudy/source/server_time.hpp"

#include <optional>

#include "fakes/fake_surroundings.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/upstream.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// In whole seconds, as a Date is.
WallTime noon() { return parse_iso8601("2026-11-20T12:00:00Z").value(); }

Response dated(WallTime date) {
  Response response;
  response.headers.set("Date", format_http_date(date));
  return response;
}

TEST_CASE("the skew is that of the Date to the middle of the call") {
  CHECK(skew_of(dated(noon()), noon() - seconds(1), noon() + seconds(1)) == milliseconds(0));
  CHECK(skew_of(dated(noon() + hours(2)), noon(), noon() + seconds(2)) == milliseconds(hours(2)) - seconds(1));
  CHECK(skew_of(dated(noon() - hours(2)), noon(), noon()) == -milliseconds(hours(2)));
  CHECK_FALSE(skew_of(Response(), noon(), noon()));
  Response bad;
  bad.headers.set("Date", "noon");
  CHECK_FALSE(skew_of(bad, noon(), noon()));
}

TEST_CASE("less than five seconds is no skew") {
  CHECK(received_at(noon(), std::nullopt) == noon());
  CHECK(received_at(noon(), milliseconds(4999)) == noon());
  CHECK(received_at(noon(), milliseconds(-4999)) == noon());
  CHECK(received_at(noon(), milliseconds(5000)) == noon() + seconds(5));
  CHECK(received_at(noon(), -milliseconds(hours(1))) == noon() - hours(1));
}

TEST_CASE("services and other endpoints are judged by their own clock") {
  const Url origin{"https", "service.example", 443, "/"};
  for (const auto skew : {seconds(0), seconds(hours(2)), -seconds(hours(2))}) {
    fakes::FakeNetwork network;
    const auto there = network.clock.wall() + skew;
    for (int call = 0; call < 2; ++call) {
      network.then(200, R"({"a": 1})", {{"Date", format_http_date(there)}});
    }
    const auto service = call_json(network.get(), "the service", origin, [] { return Request(); });
    const auto endpoint = ask_upstream(network.get(), "the endpoint", origin, Request());
    REQUIRE(service);
    REQUIRE(endpoint);
    CHECK(std::chrono::abs(service->received - there) < seconds(1));
    CHECK(std::chrono::abs(endpoint->received - there) < seconds(1));
  }
}

}  // namespace
}  // namespace understudy::source
