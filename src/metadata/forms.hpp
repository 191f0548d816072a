#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/node.hpp"

/// The forms that values of an instance have, and reading them from the configuration.
namespace understudy::metadata {

/// `prefix` and 8 (before 2016) or 17 hex digits.
[[nodiscard]] bool is_aws_id(std::string_view prefix, std::string_view text);
[[nodiscard]] bool is_ipv4(std::string_view text);
[[nodiscard]] bool is_ipv6(std::string_view text);
/// `10.0.0.0/16`
[[nodiscard]] bool is_ipv4_cidr(std::string_view text);
[[nodiscard]] bool is_ipv6_cidr(std::string_view text);
/// Six lower-case hex pairs.
[[nodiscard]] bool is_mac(std::string_view text);
/// Lower-case letters, digits, `-` and `.`.
[[nodiscard]] bool is_host_name(std::string_view text);

using Form = std::function<bool(std::string_view)>;

/// A value that has to have a form; another is a problem that says what was expected, and is absent.
std::optional<std::string> checked_text(Fields& fields, std::string_view key, const Form& form,
                                        std::string_view expected);
/// The same for each of a list.
std::vector<std::string> checked_texts(Fields& fields, std::string_view key, const Form& form,
                                       std::string_view expected);

}  // namespace understudy::metadata
