#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// The link-local addresses of AWS's endpoints on this host: shown, put there, taken away.
class LinkLocalCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "link-local"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  std::string action;  ///< `up`, `down`, or empty: only look.
  bool ipv6 = false;
  bool force = false;
};

}  // namespace understudy::app
