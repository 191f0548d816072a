#pragma once

#include <string>
#include <vector>

#include "understudy/app/ec2_mock_flags.hpp"
#include "understudy/app/ec2_mock_settings.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/service/imds_settings.hpp"

namespace understudy::app {

/// AEMM's configuration as ours.
struct MockConfig {
  Node tree;                       ///< For config::load_config_tree.
  service::ImdsManners manners;    ///< What no key of ours says: its error pages, and its listings.
  std::string user_data;           ///< Any bytes.
  std::vector<std::string> notes;  ///< What can not be honoured, a line each.
};

/// The role hands out AEMM's fake keys, as if they were good for long; `now` is the start. Pure. The error side has a
/// line for each value that AEMM refuses too.
[[nodiscard]] Result<MockConfig, std::vector<std::string>> translate_mock(const MockSettings& settings, MockPlay play,
                                                                          WallTime now);

}  // namespace understudy::app
