#include "understudy/aws/canonical_request.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

TEST_CASE("a path is normalised and its bytes encoded as they were sent") {
  struct Row {
    std::string_view path;
    std::string_view canonical;
  };
  for (const auto& [path, canonical] : std::initializer_list<Row>{
           {"", "/"},
           {"/", "/"},
           {"//", "/"},
           {"/.", "/"},
           {"/./", "/"},
           {"/..", "/"},
           {"/../../", "/"},
           {"/a", "/a"},
           {"/a/", "/a/"},
           {"/a//", "/a/"},
           {"//a///b", "/a/b"},
           {"/a/./b", "/a/b"},
           {"/a/b/../c", "/a/c"},
           {"/a/../../b", "/b"},
           {"/a/b/..", "/a"},
           {"/a/.", "/a"},
           {"/a/..b/.c", "/a/..b/.c"},
           {"/%3A", "/%253A"},
           {"/%2f", "/%252f"},
           {"/a b", "/a%20b"},
           {"/-._~", "/-._~"},
           {"/a:b@c=d+e*f", "/a%3Ab%40c%3Dd%2Be%2Af"},
           {"/\xC3\xA4", "/%C3%A4"},
           {"/%zz", "/%25zz"},
       }) {
    CAPTURE(path);
    CHECK(canonical_path(path, "sts") == canonical);
  }
}

TEST_CASE("S3's paths stay as they are, because a key may hold dots and slashes") {
  CHECK(canonical_path("/a//./b/../%20", "s3") == "/a//./b/../%20");
  CHECK(canonical_path("", "s3") == "/");
}

TEST_CASE("a query is read into decoded pairs in their order") {
  CHECK(parse_query("b=2&a=%20x&a&c=1=2&&d=+") ==
        QueryParameters{{"b", "2"}, {"a", " x"}, {"a", ""}, {"c", "1=2"}, {"d", "+"}});
  CHECK(parse_query("").empty());
  CHECK(parse_query("=v") == QueryParameters{{"", "v"}});
}

TEST_CASE("a canonical query is encoded again and sorted by name and then value") {
  struct Row {
    std::string_view query;
    std::string_view canonical;
  };
  for (const auto& [query, canonical] : std::initializer_list<Row>{
           {"", ""},
           {"a", "a="},
           {"a=", "a="},
           {"b=1&a=2", "a=2&b=1"},
           {"a=2&a=1&a", "a=&a=1&a=2"},
           {"a=10&a=9", "a=10&a=9"},
           {"A=1&a=1&_=1", "A=1&_=1&a=1"},
           {"a=%7e%41", "a=~A"},
           {"a=%2f/", "a=%2F%2F"},
           {"a=+%2b%20", "a=%2B%2B%20"},
           {"a=1=2", "a=1%3D2"},
           {"%C3%A4=\xC3\xA4", "%C3%A4=%C3%A4"},
           {"a=%", "a=%25"},
           // Sorted as encoded: "%" comes before every letter.
           {"a=1&%C3%A4=1", "%C3%A4=1&a=1"},
           // By name first: "a" is before "a-", whatever joins name and value.
           {"a-=1&a=1", "a=1&a-=1"},
       }) {
    CAPTURE(query);
    CHECK(canonical_query(parse_query(query)) == canonical);
  }
}

TEST_CASE("headers that change on the way are not signed") {
  const Headers headers{{"Host", "h"},
                        {"Authorization", "x"},
                        {"Connection", "x"},
                        {"Expect", "x"},
                        {"Keep-Alive", "x"},
                        {"Proxy-Authenticate", "x"},
                        {"Proxy-Authorization", "x"},
                        {"Proxy-Connection", "x"},
                        {"TE", "x"},
                        {"Trailer", "x"},
                        {"Transfer-Encoding", "x"},
                        {"Upgrade", "x"},
                        {"User-Agent", "x"},
                        {"X-Amzn-Trace-Id", "x"}};
  CHECK(headers_to_sign(headers) == SignedHeaders{"host"});
}

TEST_CASE("the names of signed headers are lower case, sorted and each there once") {
  const Headers headers{{"X-B", "1"}, {"x-a", "2"}, {"HOST", "h"}, {"x-b", "3"}};
  CHECK(headers_to_sign(headers) == SignedHeaders{"host", "x-a", "x-b"});
}

TEST_CASE("header values are trimmed and every run of blanks is one space") {
  struct Row {
    std::string_view value;
    std::string_view canonical;
  };
  for (const auto& [value, canonical] : std::initializer_list<Row>{
           {"", ""},
           {"   ", ""},
           {"a", "a"},
           {"  a  ", "a"},
           {"a   b", "a b"},
           {"a \t b", "a b"},
           {"a\r\n  b", "a b"},
           {"\"a   b\"", "\"a b\""},
           {"  \" a\"  ", "\" a\""},
           {"a,  b", "a, b"},
           {"\xC2\xA0x", "\xC2\xA0x"},
       }) {
    CAPTURE(value);
    CHECK(canonical_headers({{"X", std::string(value)}}, {"x"}) == "x:" + std::string(canonical) + "\n");
  }
}

TEST_CASE("fields of one name are joined by commas in their order") {
  const Headers headers{{"x", " 4 "}, {"y", "z"}, {"X", "1"}, {"x", ""}};
  CHECK(canonical_headers(headers, {"x", "y"}) == "x:4,1,\ny:z\n");
}

TEST_CASE("a signed header that the request lacks has no value") {
  CHECK(canonical_headers({{"Host", "h"}}, {"absent", "host"}) == "absent:\nhost:h\n");
}

TEST_CASE("a target is split at its first question mark") {
  CHECK(split_target("/a?b?c") == std::pair<std::string_view, std::string_view>("/a", "b?c"));
  CHECK(split_target("/a") == std::pair<std::string_view, std::string_view>("/a", ""));
  CHECK(split_target("?a") == std::pair<std::string_view, std::string_view>("", "a"));
}

TEST_CASE("a canonical request has its six parts, and the presigned one is without its own signature") {
  Request request;
  request.method = "PUT";
  request.target = "/a/../b?X-Amz-Signature=ff&q";
  request.headers = {{"Host", "h"}};
  request.body = "abc";
  const std::string sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(canonical_request(request, {"host"}, "sts", true) == "PUT\n/b\nq=\nhost:h\n\nhost\n" + sha256_of_abc);
  CHECK(canonical_request(request, {"host"}, "sts", false) ==
        "PUT\n/b\nX-Amz-Signature=ff&q=\nhost:h\n\nhost\n" + sha256_of_abc);
}

}  // namespace
}  // namespace understudy::aws
