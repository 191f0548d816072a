#include "sts_violations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "understudy/base/text.hpp"

namespace understudy::aws {

void Violations::add(std::string_view value, std::string_view at, std::string_view constraint) {
  texts_.push_back(
      fmt::format("Value '{}' at '{}' failed to satisfy constraint: Member must {}", value, at, constraint));
}

void Violations::add_unseen(std::string_view at, std::string_view constraint) {
  texts_.push_back(fmt::format("Value at '{}' failed to satisfy constraint: Member must {}", at, constraint));
}

void Violations::add_missing(std::string_view at) {
  texts_.push_back(fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", at));
}

Error Violations::error() const {
  return {Error::Kind::kInvalid, "ValidationError",
          fmt::format("{} validation error{} detected: {}", texts_.size(), texts_.size() == 1 ? "" : "s",
                      fmt::join(texts_, "; "))};
}

std::string member_in_message(std::string_view parameter) {
  return to_lower(parameter.substr(0, 1)) + std::string(parameter.substr(1));
}

std::string item_in_message(std::string_view list, std::size_t index, std::string_view suffix) {
  auto text = fmt::format("{}.{}.member", member_in_message(list), index);
  return suffix.empty() ? text : text + "." + member_in_message(suffix);
}

}  // namespace understudy::aws
