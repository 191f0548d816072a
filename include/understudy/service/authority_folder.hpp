#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/authority.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

/// A folder that keeps an authority: its certificate in `ca.pem`, for everybody (0644), and its key in `ca.key`, for
/// the owner alone (0600).
namespace understudy::service {

[[nodiscard]] std::filesystem::path authority_certificate_in(const std::filesystem::path& folder);

/// kNotFound, code `NoAuthority`: the folder has none, and what to type; `BadAuthority` and those of read_file.
Result<Authority> read_authority(const std::filesystem::path& folder);

/// What is to be said where others may read or write the key there, with the line to type.
[[nodiscard]] std::optional<std::string> loose_key_in(const std::filesystem::path& folder);

/// Makes one that may name `names` too, and the folder where it is missing (0755). kInvalid, code `AuthorityExists`:
/// there is one, or a file that may have been one, and `replace` is false. Several processes may do so at once. Other
/// errors: those of make_directories, FolderLock and write_file_atomically.
Result<Authority> make_authority(const std::filesystem::path& folder, const std::vector<std::string>& names,
                                 bool replace, WallTime now);

}  // namespace understudy::service
