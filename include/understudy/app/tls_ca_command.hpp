#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// Makes an authority of one's own for TLS, and says how clients come to trust it.
class TlsCaCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "tls-ca"; }
  [[nodiscard]] std::string_view purpose() const override;
  [[nodiscard]] std::string_view lesson() const override;
  void add_options(CLI::App& app) override;
  int run(const Environment& environment) override;

  std::string folder;              ///< Empty: `understudy/ca` among the user's data.
  std::vector<std::string> names;  ///< That it may name beside those that it always may.
  bool force = false;
};

/// What to write into the server's configuration, and how each SDK is told of the certificate. `names` are the
/// server's; empty: `understudy`. Pure.
[[nodiscard]] std::string trust_text(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// The part of it on SDKs, a line for which they are and one to type, in turn. `pem`: the certificate, as a shell word.
[[nodiscard]] std::string trust_ways(const std::string& pem);

}  // namespace understudy::app
