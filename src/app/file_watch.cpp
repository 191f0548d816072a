#include "understudy/app/file_watch.hpp"

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <utility>

namespace understudy::app {
namespace {

// Not IN_MODIFY: a file that is open for writing is not done.
constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_ONLYDIR;

/// Of a name without a folder the one where we are.
std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

}  // namespace

FileWatch::FileWatch(std::vector<File> files, std::function<void(const std::filesystem::path&)> on_change)
    : on_change_(std::move(on_change)),
      news_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      leave_(::eventfd(0, EFD_CLOEXEC)) {
  for (auto& file : files) {
    files_.push_back({std::move(file.path), file.read, file.read});
  }
  if (leave_ < 0) {
    const int why = errno;
    close();
    errno = why;
    throw std::system_error(errno, std::generic_category(), "can not watch a file");
  }
  follow_links();
  try {
    thread_ = std::thread([this] { work(); });
  } catch (...) {
    close();
    throw;
  }
}

FileWatch::~FileWatch() {
  ::eventfd_write(leave_, 1);
  thread_.join();
  close();
}

void FileWatch::close() const {
  for (const int descriptor : {leave_, news_}) {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
}

void FileWatch::work() {
  for (bool is_unsure = look(); wait(is_unsure ? kQuiet : kLook); is_unsure = look()) {
    follow_links();
  }
}

/// Tells what has changed and stayed so since it last looked; whether something has changed only now.
bool FileWatch::look() {
  bool is_any_unsure = false;
  for (auto& file : files_) {
    const auto now = mark_of(file.path);
    const bool has_changed = now && now != file.told;
    const bool is_unsure = has_changed && now != file.last;
    file.last = now;
    if (has_changed && !is_unsure) {
      file.told = now;
      on_change_(file.path);
    }
    is_any_unsure = is_any_unsure || is_unsure;
  }
  return is_any_unsure;
}

/// Until it is time to look; false when it is over.
bool FileWatch::wait(std::chrono::milliseconds at_most) {
  std::array<pollfd, 2> both{{{leave_, POLLIN, 0}, {news_, POLLIN, 0}}};
  ::poll(both.data(), both.size(), static_cast<int>(at_most.count()));
  if (both[0].revents == 0 && both[1].revents != 0) {
    // In a folder where there is always something new, once in so long.
    ::poll(both.data(), 1, static_cast<int>(kQuiet.count()));
    std::array<char, 4096> events{};
    while (::read(news_, events.data(), events.size()) > 0) {
    }
  }
  return both[0].revents == 0;
}

void FileWatch::follow_links() {
  std::vector<int> watched;
  for (const auto& file : files_) {
    std::error_code error;
    const auto target = std::filesystem::canonical(file.path, error);
    watched.push_back(::inotify_add_watch(news_, folder_of(file.path).c_str(), kChanges));
    if (!error) {
      watched.push_back(::inotify_add_watch(news_, target.parent_path().c_str(), kChanges));
    }
  }
  for (const int folder : folders_) {
    if (std::ranges::find(watched, folder) == watched.end()) {
      ::inotify_rm_watch(news_, folder);
    }
  }
  std::erase(watched, -1);
  folders_ = std::move(watched);
}

FileWatch::Mark FileWatch::mark_of(const std::filesystem::path& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0) {
    return std::nullopt;
  }
  return std::array<std::int64_t, 6>{static_cast<std::int64_t>(facts.st_dev),
                                     static_cast<std::int64_t>(facts.st_ino),
                                     static_cast<std::int64_t>(facts.st_mode),
                                     facts.st_size,
                                     facts.st_mtim.tv_sec,
                                     facts.st_mtim.tv_nsec};
}

}  // namespace understudy::app
