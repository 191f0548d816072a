#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/message.hpp"

namespace understudy::aws {

/// What stands under <group><name> of an answer, or under <name> alone where `group` is empty; empty where nothing
/// does. XML and JSON look alike through it. Valid as long as it is kept.
using Lookup = std::function<std::string(std::string_view group, std::string_view name)>;

/// The result of a 200 answer to `action`; nullopt where the body is no such answer.
[[nodiscard]] std::optional<Lookup> read_result(std::string_view action, std::string_view body);

/// The error's `Code` and `Message` in any of the forms that STS and its imitators use; both empty where there is none.
struct ErrorText {
  std::string code;
  std::string message;
};
[[nodiscard]] ErrorText read_error(std::string_view body);

}  // namespace understudy::aws
