#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "understudy/app/command.hpp"
#include "understudy/aws/sso_device.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::app {

/// Logs a person in to IAM Identity Center.
class LoginCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "login"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  [[nodiscard]] std::string_view what_is_missing() const override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string wanted;  ///< A role's key, or a profile.
  bool no_browser = false;
  bool force = false;

 private:
  /// Blocks until somebody is logged in, or it is clear that nobody will be. Gives the exit status.
  [[nodiscard]] int log_in(const aws::SsoPlace& place, const std::string& profile,
                           const Environment& environment) const;
};

/// What `name` has to log in to. A role of the configuration comes before a profile of that name, and stands for the
/// role that it starts from by `source:`. kInvalid `NoLogIn` where that role starts from something else. Pure.
[[nodiscard]] Result<source::LogIn> log_in_named(const std::string& name, const std::optional<config::Config>& config);

}  // namespace understudy::app
