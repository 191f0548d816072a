#pragma once

#include <span>
#include <string>
#include <string_view>

#include "understudy/aws/sts.hpp"

namespace understudy::aws {

inline constexpr std::string_view kStsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/// One element of an answer: `<AssumedRoleUser><Arn>` is {"AssumedRoleUser", "Arn", &StsAnswer::arn}.
struct AnswerElement {
  std::string_view group;  ///< The element around it; empty: none.
  std::string_view name;
  std::string StsAnswer::* member;
  bool required = false;  ///< An answer without it is not whole.
};

/// What an action's answer consists of: the one table that reading and writing share. Elements of one group are
/// neighbours.
struct AnswerShape {
  std::string_view action;
  bool has_credentials;
  std::span<const AnswerElement> elements;
};

/// nullptr for an action that is not known.
[[nodiscard]] const AnswerShape* find_answer_shape(std::string_view action);

}  // namespace understudy::aws
