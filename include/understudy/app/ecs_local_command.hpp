#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// amazon-ecs-local-container-endpoints' environment, played by our own container endpoint.
class EcsLocalCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "ecs-local"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  bool prints_config = false;
  bool asks_health = false;
  std::string ready_file;
};

}  // namespace understudy::app
