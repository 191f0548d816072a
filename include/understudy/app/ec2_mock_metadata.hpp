#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "understudy/app/ec2_mock_settings.hpp"

/// What AEMM serves whatever it mocks, as settings of our instance. Pure.
namespace understudy::app {

struct MockMetadata {
  std::string region;              ///< `us-east-1`
  std::string role_name;           ///< `baskinc-role`
  nlohmann::json instance;         ///< For `imds.instance`: what of the values our instance can be.
  nlohmann::json paths;            ///< For `imds.paths`: the rest, and null for what AEMM does not have.
  std::string user_data;           ///< Decoded; any bytes.
  std::vector<std::string> notes;  ///< What can not be honoured, a line each.
};

/// Every path of AEMM with the text that it has there. Values that our instance takes are given to it, so that what
/// follows from them does; whatever it would then tell differently is set path by path.
[[nodiscard]] MockMetadata translate_mock_metadata(const MockSettings& settings);

}  // namespace understudy::app
