#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/config_text.hpp"
#include "understudy/base/result.hpp"

namespace understudy::aws {

/// A named set of properties: a profile, an sso-session or a services section. A plain value.
struct ConfigGroup {
  std::string name;
  std::string file;  ///< Where it stands first: `~/.aws/config`,
  int line = 0;      ///< and in which line its header is.
  ConfigProperties properties;

  /// The value; nullopt where the property is absent or empty. `key` in lower case. Lives as long as this object.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const;
  /// `endpoint_url` below `sts =`: get("sts", "endpoint_url").
  [[nodiscard]] std::optional<std::string_view> get(std::string_view key, std::string_view nested) const;
  /// `~/.aws/config:12` of a property, or of the group's header where it is absent: for messages.
  [[nodiscard]] std::string place_of(std::string_view key) const;
};

/// The shared config and credentials files together, as the SDKs see them. Immutable; pure; thread-safe.
///
/// In the config file count `[default]`, `[profile NAME]`, `[sso-session NAME]` and `[services NAME]`, in the
/// credentials file bare names; other sections, and names with other characters, are ignored. A name may stand in
/// quotes (`[profile "my profile"]`, as botocore writes it), and may then hold spaces. `[profile default]` drops that
/// file's `[default]`. Sections of one name merge, the last property wins; between the files the credentials file's.
class SharedConfig {
 public:
  struct File {
    std::string_view text;
    std::string_view name;  ///< For messages: `~/.aws/config`.
  };

  SharedConfig() = default;

  /// Errors: those of parse_config_text.
  static Result<SharedConfig> parse(const File& config, const File& credentials);

  /// nullptr where there is none of that name.
  [[nodiscard]] const ConfigGroup* profile(std::string_view name) const { return find(profiles_, name); }
  [[nodiscard]] const ConfigGroup* sso_session(std::string_view name) const { return find(sso_sessions_, name); }
  [[nodiscard]] const ConfigGroup* services(std::string_view name) const { return find(services_, name); }

  using Groups = std::map<std::string, ConfigGroup, std::less<>>;
  [[nodiscard]] const Groups& profiles() const { return profiles_; }
  [[nodiscard]] const Groups& sso_sessions() const { return sso_sessions_; }
  [[nodiscard]] const Groups& services() const { return services_; }

 private:
  static const ConfigGroup* find(const Groups& groups, std::string_view name);

  Groups profiles_;
  Groups sso_sessions_;
  Groups services_;
};

}  // namespace understudy::aws
