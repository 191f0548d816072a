#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// Why AWS refused, out of the encoded message in its error, as STS decodes it.
class DecodeCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "decode"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string role;
  std::string message;
};

}  // namespace understudy::app
