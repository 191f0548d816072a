#pragma once

#include <string>

#include "understudy/app/command.hpp"
#include "understudy/base/environment.hpp"

namespace understudy::app {

/// The server, until a signal ends it.
class ServeCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "serve"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  bool check = false;
  bool no_watch = false;
  std::string ready_file;
};

/// The embedded STS alone.
class StsCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "sts"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string ready_file;
};

}  // namespace understudy::app
