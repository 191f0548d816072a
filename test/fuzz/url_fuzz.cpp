// A URL that is read has a host and a port, and reads as the same one when it is written.

#include "fuzz/check.hpp"
#include "understudy/base/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = understudy::parse_url(as_text(data, size));
  if (!url) return 0;
  require(!url->host.empty() && url->port != 0 && url->target.starts_with('/'));
  const auto again = understudy::parse_url(url->to_string());
  require(again && *again == *url);
  return 0;
}
