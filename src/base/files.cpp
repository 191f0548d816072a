#include "understudy/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "descriptor.hpp"
#include "understudy/base/crypto.hpp"

namespace understudy {
namespace {

Error system_error(std::string_view what, const std::filesystem::path& path) {
  const int number = errno;
  const auto kind = number == ENOENT || number == ENOTDIR ? Error::Kind::kNotFound : Error::Kind::kUnavailable;
  return {kind, "FileError",
          fmt::format("can not {} {}: {}", what, path.string(), std::generic_category().message(number))};
}

/// A device or a pipe: renamed over, `/dev/null` would be a file from then on.
bool is_special(const std::filesystem::path& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode);
}

/// What a symbolic link leads to; the path itself where it is none, or leads nowhere.
std::filesystem::path behind_links(const std::filesystem::path& path) {
  std::error_code error;
  auto target = std::filesystem::canonical(path, error);
  return error ? path : target;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    return system_error("open", path);
  }
  std::string content;
  char block[16384];
  for (;;) {
    const auto count = read(file.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return system_error("read", path);
    }
    if (count == 0) {
      return content;
    }
    content.append(block, static_cast<std::size_t>(count));
    if (content.size() > max_bytes) {
      return Error{Error::Kind::kInvalid, "FileTooLarge",
                   fmt::format("{} has more than {} bytes", path.string(), max_bytes)};
    }
  }
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  if (is_special(path)) {
    return Error{Error::Kind::kInvalid, "FileError",
                 fmt::format("can not write {}: it is no file but a device or a pipe", path.string())};
  }
  const auto target = behind_links(path);
  auto beside = target;
  beside += "." + hex(random_bytes(6)) + ".tmp";
  const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) {
    return system_error("create", beside);
  }
  const bool written = write_all(file.get(), content) && fchmod(file.get(), mode) == 0 && fsync(file.get()) == 0 &&
                       rename(beside.c_str(), target.c_str()) == 0;
  if (!written) {
    auto error = system_error("write", path);
    unlink(beside.c_str());
    return error;
  }
  return {};
}

mode_t file_mode(const std::filesystem::path& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) ? facts.st_mode : 0;
}

Result<void> make_directories(const std::filesystem::path& path, mode_t mode) {
  if (path.empty() || mkdir(path.c_str(), mode) == 0) {
    return {};
  }
  if (errno == ENOENT) {
    if (auto parent = make_directories(path.parent_path(), mode); !parent) {
      return parent;
    }
    if (mkdir(path.c_str(), mode) == 0) {
      return {};
    }
  }
  if (errno != EEXIST) {
    return system_error("create the directory", path);
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    errno = ENOTDIR;
    return system_error("create the directory", path);
  }
  return {};
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& path) {
  FolderLock lock(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.fd_ < 0) {
    return system_error("open the directory", path);
  }
  int result = 0;
  do {
    result = flock(lock.fd_, LOCK_EX);
  } while (result != 0 && errno == EINTR);
  if (result != 0) {
    return system_error("lock the directory", path);
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

}  // namespace understudy
