#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// Which credentials an SDK would take in this shell, and why.
class DoctorCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "doctor"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
};

}  // namespace understudy::app
