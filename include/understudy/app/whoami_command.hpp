#pragma once

#include "understudy/app/command.hpp"

namespace understudy::app {

/// Who a role's credentials are, as STS says.
class WhoamiCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "whoami"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string role;
  bool json = false;
};

}  // namespace understudy::app
