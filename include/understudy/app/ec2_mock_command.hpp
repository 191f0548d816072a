#pragma once

#include <string>
#include <vector>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// amazon-ec2-metadata-mock's command line, variables and file, played by our own instance metadata service.
class Ec2MockCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "ec2-mock"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

 private:
  std::vector<std::string> arguments_;
};

}  // namespace understudy::app
