#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/result.hpp"

namespace understudy::aws {

/// Collects what is wrong with a call's parameters, and words it as STS does.
class Violations {
 public:
  /// `at`: the member as STS writes it, `tags.1.member.key`; `constraint`: `have length less than or equal to 64`.
  void add(std::string_view value, std::string_view at, std::string_view constraint);
  /// For values that must not be repeated.
  void add_unseen(std::string_view at, std::string_view constraint);
  /// A member that is required and not there.
  void add_missing(std::string_view at);

  [[nodiscard]] bool empty() const { return texts_.empty(); }
  /// `1 validation error detected: Value '..' at '..' failed to satisfy constraint: Member must ..`.
  [[nodiscard]] Error error() const;

 private:
  std::vector<std::string> texts_;
};

/// `RoleArn` -> `roleArn`: how messages name a parameter.
[[nodiscard]] std::string member_in_message(std::string_view parameter);
/// `Tags`, 1, `Key` -> `tags.1.member.key`; the suffix may be empty.
[[nodiscard]] std::string item_in_message(std::string_view list, std::size_t index, std::string_view suffix);

}  // namespace understudy::aws
