#pragma once

#include <filesystem>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"

namespace understudy::app {

/// A new folder that only this user can enter, removed with all that is in it when the object goes.
class PrivateFolder {
 public:
  /// In XDG_RUNTIME_DIR (memory, where there is one), else TMPDIR, else /tmp. kUnavailable where it can not be made.
  static Result<PrivateFolder> make(const Environment& environment);

  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&& other) noexcept;
  ~PrivateFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  void remove() noexcept;

  std::filesystem::path path_;  ///< Empty: moved from.
};

}  // namespace understudy::app
