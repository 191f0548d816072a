#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "understudy/base/result.hpp"

namespace understudy {

/// How long a pipe or a device may take until its end.
inline constexpr std::chrono::milliseconds kPipePatience{30000};

/// The whole content of a regular file or a device, or of a pipe that this process was given: `/dev/stdin`,
/// `/dev/fd/63` (a shell's `<(command)`). Never waits for who may open the other end of a named pipe: such a path is
/// kInvalid. kNotFound where nothing is there, kInvalid over `max_bytes`, kUnavailable otherwise, also where a pipe or
/// a device has no end within `patience`; the message names the path and the system's reason.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes = 1024 * 1024,
                              std::chrono::milliseconds patience = kPipePatience);

/// Writes beside the file, syncs and renames over it: a reader sees the old content or the new. `mode` is exact,
/// whatever the umask. The directory has to be there. A symbolic link stays one: what it leads to is
/// replaced. kInvalid over a device or a pipe; other errors as of read_file.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content, mode_t mode);

/// The permissions of a regular file (`stat`'s, type bits included); 0 for whatever else stands there, and for nothing.
mode_t file_mode(const std::filesystem::path& path);

/// Creates the directory and those above it that are missing, each with `mode`. Existing ones stay as they are; a
/// file in the way is an error.
Result<void> make_directories(const std::filesystem::path& path, mode_t mode);

/// Holds off every other FolderLock of the same directory, in this process and in others, as long as it lives.
class FolderLock {
 public:
  /// Waits for the others. The directory has to be there; errors as of read_file.
  static Result<FolderLock> take(const std::filesystem::path& path);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}

  int fd_;  ///< -1: moved from.
};

}  // namespace understudy
