#include "understudy/http/proxy.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::optional<Proxy> find(std::string_view origin, Variables variables) {
  return proxy_for(parse_url(origin).value(), Environment(std::move(variables))).value();
}

Environment with_variable(const std::string& name, const std::string& value) {
  return Environment({std::pair(name, value)});
}

}  // namespace

TEST_CASE("the variable is chosen by the origin's scheme, upper case first") {
  const std::string https = "https://sts.amazonaws.com";
  const std::string http = "http://sts.example";
  struct Row {
    const char* why;
    std::string origin;
    Variables variables;
    std::string host;
  };
  const std::vector<Row> rows{
      {"nothing is set", https, {}, ""},
      {"https", https, {{"HTTPS_PROXY", "http://a:1"}, {"HTTP_PROXY", "http://b:1"}}, "a"},
      {"http", http, {{"HTTPS_PROXY", "http://a:1"}, {"HTTP_PROXY", "http://b:1"}}, "b"},
      {"lower case", https, {{"https_proxy", "http://c:1"}}, "c"},
      {"both cases", https, {{"HTTPS_PROXY", "http://a:1"}, {"https_proxy", "http://c:1"}}, "a"},
      {"empty counts as unset", https, {{"HTTPS_PROXY", ""}, {"https_proxy", "http://c:1"}}, "c"},
      {"the other scheme's alone", https, {{"HTTP_PROXY", "http://b:1"}}, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const auto proxy = find(row.origin, row.variables);
    CHECK((proxy ? proxy->host : "") == row.host);
  }
}

TEST_CASE("a proxy is read in each of its forms") {
  struct Row {
    std::string text;
    Proxy proxy;
  };
  const std::vector<Row> rows{
      {"http://proxy.corp:3128", {"proxy.corp", 3128, "", Secret("")}},
      {"HTTP://Proxy.Corp:3128/", {"proxy.corp", 3128, "", Secret("")}},
      {"proxy.corp:3128", {"proxy.corp", 3128, "", Secret("")}},
      {"http://proxy.corp", {"proxy.corp", 80, "", Secret("")}},
      {"http://[::1]:3128", {"::1", 3128, "", Secret("")}},
      {"http://me:p%40ss%3Aw@proxy:1", {"proxy", 1, "me", Secret("p@ss:w")}},
      {"http://me@proxy:1", {"proxy", 1, "me", Secret("")}},
      {"http://me:a@b@proxy:1", {"proxy", 1, "me", Secret("a@b")}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto proxy = find("https://sts.amazonaws.com", {{"HTTPS_PROXY", row.text}});
    CHECK((proxy == row.proxy));
  }
}

TEST_CASE("what is no http proxy is refused by the variable's name, without its value") {
  for (const std::string text : {"socks5://me:hidden@proxy:1", "https://me:hidden@proxy:1", "http://me:hidden@proxy:0",
                                 "http://me:hidden@", "http://me:hidden@pro xy"}) {
    CAPTURE(text);
    const auto proxy = proxy_for(parse_url("https://sts.amazonaws.com").value(), with_variable("https_proxy", text));
    REQUIRE_FALSE(proxy);
    CHECK(proxy.error().code == "InvalidProxy");
    CHECK(proxy.error().message.find("https_proxy") != std::string::npos);
    CHECK(proxy.error().message.find("hidden") == std::string::npos);
  }
}

TEST_CASE("NO_PROXY takes hosts, those below them, addresses and ports out") {
  struct Row {
    std::string exceptions;
    std::string origin;
    bool is_direct;
  };
  const std::string sts = "https://sts.us-east-1.amazonaws.com";
  const std::vector<Row> rows{
      {"", sts, false},
      {"*", sts, true},
      {"amazonaws.com", sts, true},
      {".amazonaws.com", sts, true},
      {"*.amazonaws.com", sts, true},
      {"AmazonAWS.com", sts, true},
      {"zonaws.com", sts, false},
      {"com.", sts, false},
      {"other.example, amazonaws.com", sts, true},
      {" ,, ", sts, false},
      {".", sts, false},
      {"amazonaws.com:443", sts, true},
      {"amazonaws.com:8443", sts, false},
      {"amazonaws.com:x", sts, false},
      {"10.1.2.3", "https://10.1.2.3", true},
      {"2.3", "https://10.1.2.3", false},
      {"10.1.2.3:443", "https://10.1.2.3", true},
      {"2001:db8::1", "https://[2001:db8::1]", true},
      {"[2001:db8::1]:443", "https://[2001:db8::1]", true},
      {"[2001:db8::1]:444", "https://[2001:db8::1]", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.exceptions);
    CAPTURE(row.origin);
    for (const std::string name : {"NO_PROXY", "no_proxy"}) {
      CHECK(find(row.origin, {{"HTTPS_PROXY", "http://proxy:1"}, {name, row.exceptions}}).has_value() ==
            !row.is_direct);
    }
  }
}

TEST_CASE("what is on this machine is never asked through a proxy") {
  for (const std::string origin : {"http://localhost:1341", "http://127.0.0.1:1341", "http://127.8.9.1",
                                   "http://[::1]:1", "http://169.254.169.254", "http://169.254.170.2",
                                   "http://[fe80::1]", "http://[fd00:ec2::23]", "http://[fd00:ec2::254]"}) {
    CAPTURE(origin);
    CHECK_FALSE(find(origin, {{"HTTP_PROXY", "http://proxy:1"}}));
  }
  CHECK(find("http://128.0.0.1", {{"HTTP_PROXY", "http://proxy:1"}}));
  CHECK(find("http://169.253.1.1", {{"HTTP_PROXY", "http://proxy:1"}}));
  CHECK(find("http://[fd00:ec3::23]", {{"HTTP_PROXY", "http://proxy:1"}}));
}
