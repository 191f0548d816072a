#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

/// The environment variables, read once by main and passed down. An empty variable counts as unset, as in AWS's SDKs.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables) : variables_(std::move(variables)) {}

  /// This process's, as it is now.
  [[nodiscard]] static Environment of_process();

  /// nullopt where the variable is unset or empty. The view lives as long as this object.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return variables_; }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace understudy
