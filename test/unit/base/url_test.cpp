#include "understudy/base/url.hpp"

#include <initializer_list>
#include <vector>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("a URL is split, and its parts have defaults") {
  struct Row {
    std::string_view text;
    Url url;
    std::string_view authority;
    std::string_view written;
  };
  for (const auto& [text, url, authority, written] : std::initializer_list<Row>{
           {"http://h", {"http", "h", 80, "/"}, "h", "http://h/"},
           {"https://h/", {"https", "h", 443, "/"}, "h", "https://h/"},
           {"HTTPS://STS.Example:443/A?B=c",
            {"https", "sts.example", 443, "/A?B=c"},
            "sts.example",
            "https://sts.example/A?B=c"},
           {"http://h:443", {"http", "h", 443, "/"}, "h:443", "http://h:443/"},
           {"http://h:1338/a/b", {"http", "h", 1338, "/a/b"}, "h:1338", "http://h:1338/a/b"},
           {"http://h?a=b", {"http", "h", 80, "/?a=b"}, "h", "http://h/?a=b"},
           {"http://h/a?b?c/d:e@f", {"http", "h", 80, "/a?b?c/d:e@f"}, "h", "http://h/a?b?c/d:e@f"},
           {"http://127.0.0.1:65535", {"http", "127.0.0.1", 65535, "/"}, "127.0.0.1:65535", "http://127.0.0.1:65535/"},
           {"http://[FD00:EC2::254]", {"http", "fd00:ec2::254", 80, "/"}, "[fd00:ec2::254]", "http://[fd00:ec2::254]/"},
           {"http://[::1]:1338/x", {"http", "::1", 1338, "/x"}, "[::1]:1338", "http://[::1]:1338/x"},
       }) {
    CAPTURE(text);
    const auto parsed = parse_url(text);
    REQUIRE(parsed);
    CHECK(*parsed == url);
    CHECK(parsed->authority() == authority);
    CHECK(parsed->to_string() == written);
    CHECK(parse_url(parsed->to_string()).value() == url);
  }
}

TEST_CASE("what is no usable URL is refused, quoted, and told why") {
  struct Row {
    std::string_view text;
    std::string_view why;
  };
  for (const auto& [text, why] : std::initializer_list<Row>{
           {"", "it has no scheme"},
           {"h:80", "it has no scheme"},
           {"//h", "it has no scheme"},
           {"ftp://h", "neither http nor https"},
           {"://h", "neither http nor https"},
           {"http://", "it has no host"},
           {"http:///a", "it has no host"},
           {"http://:80", "it has no host"},
           {"http://[]", "it has no host"},
           {"http://[::1", "not closed"},
           {"http://[::1]x", "something other than a port"},
           {"https://[[]/", "no IPv6 address"},
           {"http://[h]", "no IPv6 address"},
           {"http://[127.0.0.1]", "no IPv6 address"},
           {"http://[::1%25lo]", "no IPv6 address"},
           {"http://a]b", "other signs"},
           {"http://a\\b", "other signs"},
           {"http://%68", "other signs"},
           {"http://h:", "from 1 to 65535"},
           {"http://h:0", "from 1 to 65535"},
           {"http://h:65536", "from 1 to 65535"},
           {"http://h:x", "from 1 to 65535"},
           {"http://h:-1", "from 1 to 65535"},
           {"http://::1", "it has no host"},
           {"http://a:b:c", "from 1 to 65535"},
           {"http://h/#f", "not allowed"},
           {"http://h /", "not allowed"},
           {"http://h/a\r\nX: y", "not allowed"},
           {std::string_view("http://h\0x", 10), "not allowed"},
           {"http://h\x7F", "not allowed"},
           {"http://h\xC3\xA4", "not allowed"},
           {"http://h/\x80", "not allowed"},
           {"http://h/?a=\xFF", "not allowed"},
       }) {
    CAPTURE(text);
    CAPTURE(why);
    const auto parsed = parse_url(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().kind == Error::Kind::kInvalid);
    CHECK(parsed.error().code == "InvalidUrl");
    CHECK(parsed.error().message.find(why) != std::string::npos);
    CHECK(parsed.error().message.find("expected http://host[:port][/path]") != std::string::npos);
  }
}

TEST_CASE("a URL with user information is refused without repeating it, because there may be a password in it") {
  for (const auto* text : {"http://user:5ec4e7@h", "https://5ec4e7@h/a", "http://user:5ec4e7@[::1]:80/",
                           "ftp://user:5ec4e7@h", "user:5ec4e7@h", "http://user:#5ec4e7@h", "http://user:/5ec4e7@h",
                           "http://user:?5ec4e7@h", "http://us er:5ec4e7@h"}) {
    const auto parsed = parse_url(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message.find("5ec4e7") == std::string::npos);
    CHECK(parsed.error().message.find("user information") != std::string::npos);
  }
}

TEST_CASE("whatever may be user information is taken out of a text that is shown") {
  struct Row {
    std::string_view text;
    std::string_view shown;
  };
  for (const auto& [text, shown] : std::vector<Row>{{"https://h/a?b=c", "https://h/a?b=c"},
                                                    {"", ""},
                                                    {"https://me:5ec4e7@h:80/a", "https://...@h:80/a"},
                                                    {"https://me:5/e@c:/4e7@h", "https://...@h"},
                                                    {"me:5ec4e7@h", "...@h"},
                                                    {"me:5ec4e7@http://h", "...@http://h"}}) {
    CHECK(without_user_info(text) == shown);
  }
}

}  // namespace
}  // namespace understudy
