#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy::service {

/// The path of a request target in the one form that tables are looked up by, without slashes at its ends:
/// `//latest/./meta-data/%69am/?x=1` is `latest/meta-data/iam`, `/` is the empty text. As on instances, `//`, `/./`,
/// the query and percent-encoding make no difference.
///
/// The view points into `target` where that is in normal form already, else into `buffer`; it lives as long as both.
///
/// nullopt for what can name nothing here and must not be guessed at: a segment `..` (also `%2e%2e`), an encoded slash,
/// NUL, any other control character or backslash, and a target that does not start with `/`. Callers answer as for an
/// unknown path. Each segment is decoded once: `%252e` is the text `%2e`. Thread-safe.
///
/// Behind a first segment `role-arn` alone an encoded slash is as good as a plain one, for clients encode the ARN there
/// as a whole (CompatRoles).
[[nodiscard]] std::optional<std::string_view> normalise_path(std::string_view target, std::string& buffer);

/// The first value of `name` in the target's query, decoded; nullopt where it is not there. `?id=a%2Fb` gives `a/b`.
[[nodiscard]] std::optional<std::string> query_value(std::string_view target, std::string_view name);

}  // namespace understudy::service
