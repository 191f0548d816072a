#pragma once

#include <string>

#include "understudy/app/command.hpp"
#include "understudy/base/environment.hpp"

namespace understudy::config {
struct Config;
}

namespace understudy::app {

/// Serves what `config` describes until a signal ends it; gives the process's exit status. `ready_file` and `mfa_token`
/// are those of `understudy serve`; empty: none. REQUIRES: no thread runs yet.
int serve(const config::Config& config, const std::string& ready_file, const std::string& mfa_token,
          const Environment& environment);

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
