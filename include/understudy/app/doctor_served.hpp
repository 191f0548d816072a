#pragma once

#include <string>

#include "understudy/app/doctor.hpp"
#include "understudy/config/config.hpp"

namespace understudy::app {

/// What a server with `config` gives to clients of this machine, for the doctor's advice. A listener whose port the
/// system chooses, or that is a Unix socket, has no URL that could be told beforehand and is left out. Reads the files
/// of `containers.tls`, for the name that its certificate is good for. `config_file` is what was named, or empty.
[[nodiscard]] Served served_by(const config::Config& config, std::string config_file);

}  // namespace understudy::app
