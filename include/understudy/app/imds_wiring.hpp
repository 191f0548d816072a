#pragma once

#include <string>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/metadata/instance.hpp"
#include "understudy/service/identity_signer.hpp"

namespace understudy::app {

/// The ARN of the role behind a key, as far as the configuration tells it; else empty.
[[nodiscard]] std::string role_arn_of(const config::Config& config, std::string_view key);

/// The instance that the configuration asks for, its user data read from the file where it names one (at most 16 KiB,
/// as on EC2; errors are read_file's).
Result<metadata::Instance> instance_of(const config::Config& config, const std::string& region, WallTime started);

/// Where the identity document's keys come from: the folder that the configuration names, else made for this process.
/// REQUIRES: the clock outlives what it returns.
[[nodiscard]] service::IdentitySigner::KeySource identity_keys_of(const config::Config& config, const Clock& clock);

}  // namespace understudy::app
