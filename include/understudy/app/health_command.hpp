#pragma once

#include <string>

#include "understudy/app/command.hpp"
#include "understudy/base/result.hpp"

namespace understudy::app {

/// Prints what health_of found; gives the exit status.
int tell_health(const Result<std::string>& health);

/// Whether a running server is ready, by its exit status: for a container's HEALTHCHECK, whose image has no curl.
class HealthCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "health"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;  ///< Only `file`.
  std::string url;       ///< Empty: one of the configuration's listeners.
};

}  // namespace understudy::app
