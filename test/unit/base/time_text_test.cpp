#include "understudy/base/time_text.hpp"

#include <initializer_list>

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime at(std::int64_t epoch_seconds, int thousandths = 0) {
  return WallTime(seconds(epoch_seconds) + milliseconds(thousandths));
}

TEST_CASE("a point of time is written in the three forms of AWS and HTTP") {
  struct Row {
    WallTime time;
    std::string_view iso8601;
    std::string_view amz;
    std::string_view http;
  };
  for (const auto& [time, iso8601, amz, http] : std::initializer_list<Row>{
           {at(0), "1970-01-01T00:00:00Z", "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
           {at(951782400), "2000-02-29T00:00:00Z", "20000229T000000Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
           {at(1795217844, 999), "2026-11-20T23:37:24Z", "20261120T233724Z", "Fri, 20 Nov 2026 23:37:24 GMT"},
           {at(4102444799), "2099-12-31T23:59:59Z", "20991231T235959Z", "Thu, 31 Dec 2099 23:59:59 GMT"},
           {at(-1), "1969-12-31T23:59:59Z", "19691231T235959Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
       }) {
    CAPTURE(iso8601);
    CHECK(format_iso8601(time) == iso8601);
    CHECK(format_amz_date(time) == amz);
    CHECK(format_http_date(time) == http);
    CHECK(parse_iso8601(iso8601) == std::chrono::floor<seconds>(time));
    CHECK(parse_amz_date(amz) == std::chrono::floor<seconds>(time));
    CHECK(parse_http_date(http) == std::chrono::floor<seconds>(time));
  }
}

TEST_CASE("a fraction is written as far as it goes") {
  CHECK(format_rfc3339_fraction(at(1795217844, 0)) == "2026-11-20T23:37:24Z");
  CHECK(format_rfc3339_fraction(at(1795217844, 590)) == "2026-11-20T23:37:24.59Z");
  CHECK(format_rfc3339_fraction(at(1795217844, 7)) == "2026-11-20T23:37:24.007Z");
  CHECK(format_rfc3339_fraction(at(1795217844, 999)) == "2026-11-20T23:37:24.999Z");
}

TEST_CASE("ISO 8601 is read with fractions and offsets") {
  struct Row {
    std::string_view text;
    WallTime time;
  };
  for (const auto& [text, time] : std::initializer_list<Row>{
           {"2026-11-20T23:37:24z", at(1795217844)},
           {"2026-11-20t23:37:24Z", at(1795217844)},
           {"2026-11-20 23:37:24Z", at(1795217844)},
           {"2026-11-20T23:37:24UTC", at(1795217844)},
           {"2026-11-20T23:37:24.5Z", at(1795217844, 500)},
           {"2026-11-20T23:37:24.123456789Z", at(1795217844, 123)},
           {"2026-11-21T00:37:24+01:00", at(1795217844)},
           {"2026-11-20T18:07:24.25-0530", at(1795217844, 250)},
           {"2026-11-20T23:37:24-00:00", at(1795217844)},
           {"2016-12-31T23:59:60Z", at(1483228800)},
       }) {
    CAPTURE(text);
    CHECK(parse_iso8601(text) == time);
  }
}

TEST_CASE("what is no point of time is refused") {
  for (const auto* text : {"",
                           "2026-11-20",
                           "2026-11-20T23:37:24",
                           "2026-11-20T23:37Z",
                           "2026-11-20T23:37:24.Z",
                           "2026-11-20T23:37:24ZZ",
                           "2026-11-20T23:37:24+1:00",
                           "2026-11-20T23:37:24+24:00",
                           "2026-11-20T23:37:24+01:60",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T23:60:00Z",
                           "2026-11-20T23:37:61Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "26-11-20T23:37:24Z",
                           " 2026-11-20T23:37:24Z",
                           "2026-11-20T23:37:24 Z",
                           "2026-1-20T23:37:24Z",
                           "+026-11-20T23:37:24Z",
                           "1795217844",
                           "2026-11-20T23:37:24,5Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
  for (const auto* text : {"", "20261120", "20261120T233724", "20261120T233724z", "20261120T2337Z", "20261120 233724Z",
                           "20261320T233724Z", "20261120T243724Z", "2026-11-20T23:37:24Z", "20261120T233724ZZ"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_amz_date(text));
  }
  for (const auto* text :
       {"", "Fri, 20 Nov 2026 23:37:24", "Fri, 20 Nov 2026 23:37:24 UTC", "Friday, 20 Nov 2026 23:37:24 GMT",
        "Fri, 20 November 2026 23:37:24 GMT", "Fri, 31 Nov 2026 23:37:24 GMT", "Fri 20 Nov 2026 23:37:24 GMT",
        "fri, 20 nov 2026 23:37:24 GMT", "20 Nov 2026 23:37:24 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("durations are read with units from large to small or as bare seconds") {
  struct Row {
    std::string_view text;
    seconds duration;
  };
  for (const auto& [text, duration] : std::initializer_list<Row>{
           {"0", seconds(0)},
           {"3600", seconds(3600)},
           {"90s", seconds(90)},
           {"15m", seconds(900)},
           {"1h", seconds(3600)},
           {"2d", seconds(172800)},
           {"1h30m", seconds(5400)},
           {"1d2h3m4s", seconds(93784)},
           {"0s", seconds(0)},
           {"316224000", seconds(316224000)},
       }) {
    CAPTURE(text);
    CHECK(parse_duration(text) == duration);
  }
  for (const auto* text : {"", "h", "-1", "1x", "1h ", " 1h", "1 h", "1m1h", "1h1h", "1h30", "1.5h", "1H", "316224001",
                           "316224001s", "3661d", "99999999999999999999s", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a written duration is short and reads back as itself") {
  struct Row {
    seconds duration;
    std::string_view text;
  };
  for (const auto& [duration, text] : std::initializer_list<Row>{{seconds(0), "0s"},
                                                                 {seconds(59), "59s"},
                                                                 {seconds(60), "1m"},
                                                                 {seconds(90), "1m30s"},
                                                                 {seconds(3600), "1h"},
                                                                 {seconds(3601), "1h1s"},
                                                                 {seconds(90000), "25h"}}) {
    CAPTURE(text);
    CHECK(format_duration(duration) == text);
    CHECK(parse_duration(text) == duration);
  }
}

}  // namespace
}  // namespace understudy
