#pragma once

#include <string>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// A token for an EKS cluster, as `aws eks get-token` prints it: kubectl's exec credential plugin.
class EksTokenCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "eks-token"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  [[nodiscard]] std::string_view what_is_missing() const override;
  int run(const Environment& environment) override;

  ConfigOptions config;
  std::string role;
  std::string cluster;
};

}  // namespace understudy::app
