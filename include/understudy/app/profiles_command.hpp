#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// What the shared AWS files were read as, and where each of their profiles leads.
class ProfilesCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "profiles"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  std::string profile;  ///< Only this one; empty: all of them.
  bool json = false;
};

}  // namespace understudy::app
