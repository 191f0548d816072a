#include "understudy/app/private_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace understudy::app {

Result<PrivateFolder> PrivateFolder::make(const Environment& environment) {
  Error error;
  for (const auto place : std::array<std::string_view, 3>{environment.get("XDG_RUNTIME_DIR").value_or(""),
                                                          environment.get("TMPDIR").value_or(""), "/tmp"}) {
    if (place.empty()) {
      continue;
    }
    auto name = (std::filesystem::path(place) / "understudy-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) {
      return PrivateFolder(name);
    }
    error = {Error::Kind::kUnavailable, "FileError",
             fmt::format("can not make a folder in {}: {}", place, std::generic_category().message(errno))};
  }
  return error;
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PrivateFolder& PrivateFolder::operator=(PrivateFolder&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

PrivateFolder::~PrivateFolder() { remove(); }

void PrivateFolder::remove() noexcept {
  if (!path_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
}

}  // namespace understudy::app
