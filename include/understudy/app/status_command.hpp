#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "understudy/app/admin_client.hpp"
#include "understudy/app/command.hpp"

namespace understudy::app {

/// What a running server plays, in words.
class StatusCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "status"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  AdminOptions admin;
  bool json = false;
};

/// The answer of `GET /v1/status` for people: a line for the server, one for each role, and what to do where a role
/// waits for a person. What is missing in it is left out. Pure.
[[nodiscard]] std::string status_text(const nlohmann::ordered_json& status);

/// That of `GET /v1/figures` in a line; empty where it is something else. Pure.
[[nodiscard]] std::string figures_text(const nlohmann::ordered_json& figures);

}  // namespace understudy::app
