#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "understudy/aws/sts.hpp"

namespace understudy::aws {

inline constexpr std::size_t kStsActionCount = std::variant_size_v<StsCall>;

/// `AssumeRole`, ..: the `Action` of StsCall's alternatives, in their order. REQUIRES: `index` is below
/// kStsActionCount.
[[nodiscard]] std::string_view sts_action_at(std::size_t index);

}  // namespace understudy::aws
