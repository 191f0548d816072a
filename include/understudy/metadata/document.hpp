#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::metadata {

/// One member of a document; without a value it is `null`.
struct Member {
  std::string_view key;
  std::optional<std::string_view> text;
  std::span<const std::string> list{};  ///< `[ "a", "b" ]`, in place of `text` where it is not empty.
};

/// A JSON object as instances write it: two-space indent, `"Key" : "value"`, LF, no newline at the end.
[[nodiscard]] std::string render_document(const std::vector<Member>& members);

}  // namespace understudy::metadata
