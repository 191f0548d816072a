#pragma once

#include <string>
#include <string_view>

#include "understudy/base/command.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::source {

/// Where a token or an assertion is to be had that somebody else makes. Thread-safe.
struct TokenPlace {
  std::string file;     ///< Either this, read at each call,
  std::string command;  ///< or this, run at each call.
  bool operator==(const TokenPlace&) const = default;
};

/// `token_file` or `token_command` of the entry for the name `token`; both or neither is a problem.
TokenPlace read_token_place(const Node& entry, Fields& fields, std::string_view name);

/// The text there now, without white space around it. `what` and `role_arn` are for messages: `web identity token`.
/// Errors: read_token_file's, CommandRunner::run's; kUnavailable (code `EmptyToken`) where the command printed nothing.
Result<Secret> token_at(const TokenPlace& place, CommandRunner& commands, std::string_view what,
                        const std::string& role_arn);

/// The same of a file alone. kNotFound and others as read_file; kUnavailable (code `EmptyFile`).
Result<Secret> read_token_file(const std::string& path, std::string_view what);

}  // namespace understudy::source
