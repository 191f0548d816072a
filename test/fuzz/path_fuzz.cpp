// Targets: a path in normal form has nothing left to normalise, and both readers of a query agree.

#include "fuzz/check.hpp"
#include "understudy/aws/canonical_request.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/path.hpp"

namespace {

namespace service = understudy::service;

void hold_for_path(std::string_view path) {
  require(!path.starts_with('/') && !path.ends_with('/') && path.find("//") == path.npos);
  require(path.find('\\') == path.npos && path.find('\n') == path.npos && is_showable(path));
  for (const auto segment : understudy::split(path, '/')) {
    require(segment != "." && segment != "..");
  }
  // Encoded once more it is the same path.
  std::string buffer;
  require(service::normalise_path("/" + understudy::percent_encode(path, "/"), buffer) == path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = as_text(data, size);
  std::string buffer;
  if (const auto path = service::normalise_path(target, buffer)) {
    require(target.starts_with('/'));
    hold_for_path(std::string(*path));
  }
  const auto query = understudy::aws::split_target(target).second;
  for (const auto& [name, value] : understudy::aws::parse_query(query)) {
    require(service::query_value(target, name).has_value());
  }
  return 0;
}
