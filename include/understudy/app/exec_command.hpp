#pragma once

#include <string>
#include <vector>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// Another program, with a server of its own for as long as it runs.
class ExecCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "exec"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  [[nodiscard]] std::string_view what_is_missing() const override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string role;
  std::vector<std::string> command;  ///< Never empty once parsed.
};

}  // namespace understudy::app
