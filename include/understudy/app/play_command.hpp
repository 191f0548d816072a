#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "understudy/app/admin_client.hpp"
#include "understudy/app/command.hpp"
#include "understudy/base/result.hpp"

namespace understudy::app {

/// Plays something in a running server.
class PlayCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "play"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  AdminOptions admin;
  std::string act;
  std::vector<std::string> words;
  std::string after;
  std::string at;
  std::string every;
  std::vector<std::string> addresses;
  std::string first;
  bool list = false;
  bool json = false;
};

/// The answer of `GET /v1/state` for people, a line each; whatever a server says can be shown. Pure.
[[nodiscard]] std::string state_text(const nlohmann::ordered_json& state);

/// What `POST /v1/play` takes, from an act and the words behind it: `action=stop in=1m` is a map, where `null` is null;
/// one word without `=` is the value itself; no word is `true`. kInvalid `BadAct` for an act that there is not, with
/// the nearest, and for words of both kinds.
Result<nlohmann::json> cue_of(const std::string& act, const std::vector<std::string>& words);

}  // namespace understudy::app
