#pragma once

#include <string>

#include "understudy/app/admin_client.hpp"
#include "understudy/app/command.hpp"

namespace understudy::app {

/// Says a code to a running server.
class MfaCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "mfa"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  [[nodiscard]] std::string_view what_is_missing() const override;
  int run(const Environment& environment) override;

  AdminOptions admin;
  std::string role;
  std::string code;  ///< Empty: read from standard input.
};

}  // namespace understudy::app
