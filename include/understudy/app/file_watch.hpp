#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

namespace understudy::app {

/// Tells when one of some files was changed, its mode too, or another put in its place: by an editor that renames, or
/// by a mounted ConfigMap whose folder is exchanged behind a symbolic link (`..data`, as kubelet's atomic writer does
/// it: all of that is one rename beside the file). inotify(7) on the folder of each file, and on that of what its links
/// lead to, says when to look; where it says nothing, as on network file systems, it looks every kLook all the same.
///
/// A change is told once, when that file has stayed the same for kQuiet: whoever writes it is done. One that is taken
/// away is nothing to tell. Works on a thread of its own, until the destructor.
class FileWatch {
 public:
  static constexpr std::chrono::milliseconds kQuiet{100};
  static constexpr std::chrono::milliseconds kLook{10000};

  /// Device, inode, mode, size, and the time of its last change in two parts; nothing where it is not there.
  using Mark = std::optional<std::array<std::int64_t, 6>>;
  [[nodiscard]] static Mark mark_of(const std::filesystem::path& file);

  struct File {
    std::filesystem::path path;
    Mark read;  ///< How it was when it was last read: what has changed since then is told, too.
  };

  /// `on_change` is called on that thread, with the file's path; it must be quick and must not throw.
  /// Throws std::system_error where the system has no descriptor or thread for it.
  FileWatch(std::vector<File> files, std::function<void(const std::filesystem::path&)> on_change);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  ~FileWatch();

 private:
  struct Followed {
    std::filesystem::path path;
    Mark told;
    Mark last;  ///< How it was when it was looked at last.
  };

  void work();
  bool look();
  void close() const;
  [[nodiscard]] bool wait(std::chrono::milliseconds at_most);
  void follow_links();

  std::vector<Followed> files_;
  const std::function<void(const std::filesystem::path&)> on_change_;
  int news_;                  ///< inotify's; -1 where there are no more of those.
  int leave_;                 ///< Readable when the thread is to end.
  std::vector<int> folders_;  ///< inotify's marks of what is watched.
  std::thread thread_;
};

}  // namespace understudy::app
