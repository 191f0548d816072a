#pragma once

#include "understudy/app/command.hpp"

namespace understudy::app {

/// The pretended instance's metadata, resolved.
class InstanceCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "instance"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string path;  ///< Only what is at or below it; empty: everything.
};

}  // namespace understudy::app
