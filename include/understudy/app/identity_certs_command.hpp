#pragma once

#include "understudy/app/command.hpp"

namespace understudy::app {

/// The certificates by which the identity document's signatures are verified.
class IdentityCertsCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "identity-certs"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string keys;       ///< The folder; empty: the configuration's.
  std::string signature;  ///< Empty: all.
};

}  // namespace understudy::app
