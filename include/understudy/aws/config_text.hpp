#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/result.hpp"

/// The grammar of AWS's shared `config` and `credentials` files, without the meaning of any section. Pure, thread-safe.
/// Source: docs.aws.amazon.com/sdkref, "Format of the config and credentials files", and the Rust SDK's parser.
namespace understudy::aws {

/// `key = value`, or a key whose indented lines hold settings of their own:
///
///     s3 =
///       max_concurrent_requests = 20
struct ConfigProperty {
  std::string value;                                       ///< Continuation lines follow, each behind a `\n`.
  std::map<std::string, std::string, std::less<>> nested;  ///< Sub-properties; keys in lower case.
  std::string file;                                        ///< The name that the parser was given.
  int line = 0;                                            ///< 1-based.
  bool operator==(const ConfigProperty&) const = default;
};

/// By key, in lower case.
using ConfigProperties = std::map<std::string, ConfigProperty, std::less<>>;

struct ConfigSection {
  std::string header;  ///< What stands between the brackets, trimmed: `profile dev`, `profile "my profile"`.
  int line = 0;
  ConfigProperties properties;  ///< Of a key that stands twice the last; keys with other characters are left out.
  bool operator==(const ConfigSection&) const = default;
};

/// The sections in the file's order, those of the same name apart.
/// - A line that starts with `#` or `;` is a comment; so is what follows white space and one of them in a property.
/// - A line that starts with white space continues the property above it, comments and all; below an empty value it is
///   a sub-property.
/// Errors: kInvalid, code `ConfigSyntax`, `~/.aws/config:3: expected ..`. They never quote the line: it may hold a key.
Result<std::vector<ConfigSection>> parse_config_text(std::string_view text, std::string_view file);

/// True for names of `A-Z a-z 0-9 _ - / . % @ : +`, the only ones that count.
[[nodiscard]] bool is_config_name(std::string_view name);

}  // namespace understudy::aws
