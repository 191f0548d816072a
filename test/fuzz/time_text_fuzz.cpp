// Times of base/time_text: whatever is read can be written, and reads as the same time again.

#include "fuzz/check.hpp"
#include "understudy/base/time_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  if (const auto time = understudy::parse_amz_date(text)) {
    require(understudy::parse_amz_date(understudy::format_amz_date(*time)) == time);
  }
  if (const auto time = understudy::parse_http_date(text)) {
    require(understudy::parse_http_date(understudy::format_http_date(*time)) == time);
  }
  if (const auto time = understudy::parse_iso8601(text)) {
    const auto written = understudy::format_iso8601(*time);
    const auto again = understudy::parse_iso8601(written);
    require(again && understudy::format_iso8601(*again) == written);
  }
  if (const auto duration = understudy::parse_duration(text)) {
    require(understudy::parse_duration(understudy::format_duration(*duration)) == duration);
  }
  return 0;
}
