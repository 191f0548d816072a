#pragma once

#include <sys/types.h>

#include <filesystem>

#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::service {

/// The Authorization token that stands in `path`, for AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. A file that is there is
/// read and left as it is; else one is made: base64url of 32 random bytes, no newline (SDKs refuse one or send it
/// along), with exactly `mode`, in a folder that is made with 0700 where it is missing.
///
/// Does input and output: called at the start, not while answering. Errors, which name the path and never its content:
/// those of read_file and write_file_atomically; kInvalid (code `TokenFileError`) for an existing file that is empty,
/// has a byte that no header can hold (a newline at its end, too), or is over 4 KiB.
Result<Secret> ensure_token_file(const std::filesystem::path& path, mode_t mode);

}  // namespace understudy::service
