#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// A role's credentials on standard output, in one of the forms of credential_formats.hpp.
class CredentialsCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "credentials"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string role;
  std::string format = "process";
};

}  // namespace understudy::app
