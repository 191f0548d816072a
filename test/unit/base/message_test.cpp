#include "understudy/base/message.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("header fields keep their order and are found without regard to case") {
  Headers headers{{"Host", "h"}, {"X-A", "1"}};
  headers.add("x-a", "2");
  CHECK(headers.size() == 3);
  CHECK(headers.get("HOST") == "h");
  CHECK(headers.get("x-A") == "1");
  CHECK(headers.count("X-a") == 2);
  CHECK_FALSE(headers.get("X-B"));
  CHECK(headers.count("X-B") == 0);
  CHECK(headers == Headers{{"Host", "h"}, {"X-A", "1"}, {"x-a", "2"}});
}

TEST_CASE("an empty header value is there") {
  const Headers headers{{"X-A", ""}};
  CHECK(headers.get("X-A").has_value());
  CHECK(headers.get("X-A") == "");
}

TEST_CASE("setting a header replaces every field of its name") {
  Headers headers{{"X-A", "1"}, {"Host", "h"}, {"x-a", "2"}};
  headers.set("X-a", "3");
  CHECK(headers == Headers{{"Host", "h"}, {"X-a", "3"}});
  headers.set("New", "n");
  CHECK(headers.get("new") == "n");
}

TEST_CASE("a header can be set or added from a view of itself") {
  const std::string value(100, 'v');
  Headers headers{{"X-A", value}, {"Host", "h"}};
  headers.set("X-A", headers.get("X-A").value_or(""));
  CHECK(headers.get("X-A") == value);
  headers.add("X-B", headers.get("X-A").value_or(""));
  CHECK(headers.get("X-B") == value);
  headers.set(headers.begin()->name, "new");
  CHECK(headers.get("Host") == "new");
}

TEST_CASE("removing a header removes every field of its name") {
  Headers headers{{"X-A", "1"}, {"Host", "h"}, {"x-a", "2"}};
  headers.remove("X-A");
  headers.remove("absent");
  CHECK(headers == Headers{{"Host", "h"}});
  headers.remove(headers.begin()->name);
  CHECK(headers.size() == 0);
}

TEST_CASE("a body is its own text or a shared one, and equal where the text is") {
  const auto shared = std::make_shared<const std::string>("text");
  const Body body(shared);
  CHECK(body.view() == "text");
  CHECK(body.size() == 4);
  CHECK(body.view().data() == shared->data());
  CHECK(body == Body("text"));
  CHECK(body == Body(std::string("text")));
  CHECK_FALSE(body == Body("other"));
  CHECK(Body().view().empty());
}

TEST_CASE("a shared body outlives who shared it") {
  auto shared = std::make_shared<const std::string>("text");
  const Body body(shared);
  shared.reset();
  CHECK(body.view() == "text");
}

TEST_CASE("responses are equal where every part is") {
  Response response;
  response.body = "x";
  auto other = response;
  CHECK(response == other);
  other.hop_limit = 1;
  CHECK_FALSE(response == other);
}

}  // namespace
}  // namespace understudy
