#pragma once

#include <string>
#include <variant>
#include <vector>

#include "understudy/config/overrides.hpp"

namespace understudy::app {

/// Where the configuration comes from; a flag wins over the environment, and that over the file.
struct ConfigOptions {
  std::string file;  ///< Empty: that of UNDERSTUDY_CONFIG, else none.
  config::Flags flags;
};

struct ServeOptions {
  ConfigOptions config;
  bool check = false;
  std::string ready_file;
};

struct ExecOptions {
  ConfigOptions config;
  std::string role;
  std::vector<std::string> command;  ///< Never empty.
};

struct CredentialsOptions {
  ConfigOptions config;
  std::string role;
};

struct StsOptions {
  ConfigOptions config;
  std::string ready_file;
};

struct DoctorOptions {
  ConfigOptions config;
};

/// The text was asked for (`--help`, `--version`), or the command line is wrong and the text says how to mend it.
struct Talk {
  std::string text;
  int exit_status = 0;
};

using CommandLine = std::variant<ServeOptions, ExecOptions, CredentialsOptions, StsOptions, DoctorOptions, Talk>;

/// Reads the arguments behind the program's name. A mistyped command or option is answered with the nearest one.
[[nodiscard]] CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace understudy::app
