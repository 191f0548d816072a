#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/config/overrides.hpp"

namespace understudy::config {

struct Loaded {
  Config config;
  std::vector<std::string> warnings;  ///< Lines for people, as those of an error.
  bool has_keys = false;              ///< In the file itself, whatever variables add.
  /// The file's text is empty but for remarks, as one is that is being written, or that whoever writes it left so. `{}`
  /// is something.
  bool says_nothing = false;
};

/// Reads the file (or no file, where `file` is absent and UNDERSTUDY_CONFIG is not set), lays environment and flags
/// over it, adds the default role where it is called for and the region of AWS_REGION or AWS_DEFAULT_REGION where there
/// is none, and reads the whole. The error side holds a line for each problem, in the file's order:
///
///     understudy.yaml:12: roles.app.assume_role.arn: expected ..
///     imds.role (UNDERSTUDY_IMDS_ROLE): expected the name of a role, found "ap"; did you mean "app"?
///
/// A file that can not be read is told with what to do: where this process's user may not, and where it is a folder, as
/// Docker makes one in the place of a file that is not there.
///
/// A file that everybody may write is refused. Where the group may write it, or it holds keys that others may read, a
/// warning says what to type (or to keep the keys out of it, where the file is another user's), or with
/// `config: {strict: true}` an error does:
///
///     understudy.yaml: the group may write this file (mode 0620), which config.strict refuses; type: chmod g-w ..
[[nodiscard]] Result<Loaded, std::vector<std::string>> load_config(const std::optional<std::string>& file,
                                                                   const Environment& environment, const Flags& flags);

/// The file that load_config reads: `file`, else that of UNDERSTUDY_CONFIG; nullopt where there is neither.
[[nodiscard]] std::optional<std::string> chosen_file(const std::optional<std::string>& file,
                                                     const Environment& environment);

/// The same without the file system: `text` is the file's, `name` what lines call it.
[[nodiscard]] Result<Loaded, std::vector<std::string>> load_config_text(std::string_view text, const std::string& name,
                                                                        const Environment& environment,
                                                                        const Flags& flags);

/// The same with a tree for the file: what another program's configuration was translated into.
[[nodiscard]] Result<Loaded, std::vector<std::string>> load_config_tree(Node tree, const std::string& name,
                                                                        const Environment& environment,
                                                                        const Flags& flags);

/// A problem as a line: `name:line: path: message`, without what it does not have.
[[nodiscard]] std::string line_of(const Problem& problem, const std::string& name);

}  // namespace understudy::config
