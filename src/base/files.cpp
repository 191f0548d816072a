#include "understudy/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <system_error>
#include <utility>

#include "understudy/base/crypto.hpp"
#include "understudy/base/descriptor.hpp"

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

/// Whether the path leads to a descriptor of this process, which somebody gave it open.
bool is_own_descriptor(const std::filesystem::path& path) {
  const auto text = path.lexically_normal().string();
  return text == "/dev/stdin" || text.starts_with("/dev/fd/") || text.starts_with("/proc/self/fd/");
}

/// False, with errno set, where nothing comes before `deadline`.
bool is_readable_before(std::chrono::steady_clock::time_point deadline, int fd) {
  using std::chrono::milliseconds;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waited{fd, POLLIN, 0};
    const int ready = poll(&waited, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (ready == 0) {
      errno = ETIMEDOUT;
    }
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

/// Opens without waiting for anybody.
Result<Descriptor> open_to_read(const std::filesystem::path& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat facts{};
  if (file.get() < 0 || fstat(file.get(), &facts) != 0) {
    return system_error("open", path);
  }
  if (S_ISFIFO(facts.st_mode) && !is_own_descriptor(path)) {
    return Error{Error::Kind::kInvalid, "FileError",
                 fmt::format("can not read {}: it is a named pipe, which has no content of its own; name a regular "
                             "file, or hand the pipe over as standard input and name /dev/stdin",
                             path.string())};
  }
  return file;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes,
                              std::chrono::milliseconds patience) {
  const auto file = open_to_read(path);
  if (!file) {
    return file.error();
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string content;
  char block[16384];
  for (;;) {
    const auto count = is_readable_before(deadline, file->get()) ? read(file->get(), block, sizeof block) : -1;
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
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
