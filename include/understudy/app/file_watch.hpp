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

/// Tells when a file was changed, or another put in its place: by an editor that renames, or by a mounted ConfigMap
/// whose folder is exchanged behind a symbolic link (`..data`, as kubelet's atomic writer does it: all of that is one
/// rename beside the file). inotify(7) on the folder of the file, and on that of what its links lead to, says when to
/// look; where it says nothing, as on network file systems, it looks every kLook all the same.
///
/// A change is told once, when the file has stayed the same for kQuiet: whoever writes it is done. One that is taken
/// away is nothing to tell. Works on a thread of its own, until the destructor.
class FileWatch {
 public:
  static constexpr std::chrono::milliseconds kQuiet{100};
  static constexpr std::chrono::milliseconds kLook{10000};

  /// Device, inode, size, and the time of its last change in two parts; nothing where it is not there.
  using Mark = std::optional<std::array<std::int64_t, 5>>;
  [[nodiscard]] static Mark mark_of(const std::filesystem::path& file);

  /// `read` is how the file was when it was last read: what has changed since then is told, too. `on_change` is called
  /// on that thread; it must be quick and must not throw.
  /// Throws std::system_error where the system has no descriptor or thread for it.
  FileWatch(std::filesystem::path file, const Mark& read, std::function<void()> on_change);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  ~FileWatch();

 private:
  void work();
  void close() const;
  [[nodiscard]] bool wait(std::chrono::milliseconds at_most);
  void follow_links();

  const std::filesystem::path file_;
  const std::function<void()> on_change_;
  int news_;                  ///< inotify's; -1 where there are no more of those.
  int leave_;                 ///< Readable when the thread is to end.
  std::vector<int> folders_;  ///< inotify's marks of what is watched.
  Mark told_;
  std::thread thread_;
};

}  // namespace understudy::app
