#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"

/// amazon-ec2-metadata-mock's (AEMM's) own configuration: its keys, where they come from and who wins.
/// Source: the project's docs/configuration.md, pkg/config/{config,types,metadata}.go, pkg/cmd/root/root.go.
namespace understudy::app {

/// Its configuration flat: `spot.action` -> `terminate`. Keys are in lower case, but below
/// `metadata.values.tags-instance.`, where they are tags. `null` in the file is absent; a list is its JSON.
using MockKeys = std::map<std::string, std::string, std::less<>>;

/// Reads AEMM's JSON file. kInvalid `BadFile` for what is no JSON object, and for two keys that differ in case alone.
[[nodiscard]] Result<MockKeys> read_mock_file(std::string_view json);

/// What was said, and what nobody said: flag > environment > file > default. A plain value.
class MockSettings {
 public:
  /// `AEMM_MOCK_DELAY_SEC` is the variable of `mock-delay-sec`, `AEMM_METADATA_VALUES_MAC` that of
  /// `metadata.values.mac`; an empty one is not set, but for that of `server.hostname`.
  MockSettings(const MockKeys& flags, const Environment& environment, const MockKeys& file);

  /// By a flag, a variable or the file, and not what is the default anyway: files that AEMM saved hold every default.
  [[nodiscard]] bool is_said(std::string_view key) const;
  /// What was said, else the default, else empty.
  [[nodiscard]] std::string text(std::string_view key) const;
  /// What was said below a prefix, `metadata.values.tags-instance.`, with the rest of each key.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> said_below(std::string_view prefix) const;
  /// A line for each key and AEMM_ variable that means nothing, with the one that was likely meant.
  [[nodiscard]] const std::vector<std::string>& odd() const { return odd_; }

  /// The whole as AEMM's --save-config-to-file writes it: nested JSON, defaults included, a newline at the end.
  [[nodiscard]] std::string to_json() const;

 private:
  [[nodiscard]] static std::string default_of(std::string_view key);

  MockKeys said_;
  std::vector<std::string> odd_;
};

/// Every key that AEMM knows, with its default; times that it takes from its start, and null, are empty.
[[nodiscard]] const MockKeys& mock_defaults();

}  // namespace understudy::app
