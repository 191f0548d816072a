#include "understudy/service/token_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/base/ascii.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kMaxSize = 4096;

Error unusable(const std::filesystem::path& path, std::string_view what) {
  return {Error::Kind::kInvalid, "TokenFileError",
          fmt::format("{} {}; delete it and a good one is made at the next start", path.string(), what)};
}

Result<Secret> checked(const std::filesystem::path& path, Secret token) {
  const auto text = token.reveal();
  if (text.empty()) {
    return unusable(path, "is empty");
  }
  if (text.ends_with('\n')) {
    return unusable(path, "ends with a newline, which most AWS SDKs refuse or send along (write it with printf %s)");
  }
  if (!is_visible(text)) {
    return unusable(path, "holds a space or a byte that is no visible ASCII character");
  }
  return token;
}

Result<Secret> create(const std::filesystem::path& path, mode_t mode) {
  if (auto made = make_directories(path.parent_path(), 0700); !made) {
    return made.error();
  }
  Secret token(base64url(random_bytes(kTokenBytes)));
  if (auto written = write_file_atomically(path, token.reveal(), mode); !written) {
    return written.error();
  }
  return token;
}

}  // namespace

Result<Secret> ensure_token_file(const std::filesystem::path& path, mode_t mode) {
  auto content = read_file(path, kMaxSize);
  if (content) {
    return checked(path, Secret(std::move(*content)));
  }
  if (content.error().kind != Error::Kind::kNotFound) {
    return std::move(content).error();
  }
  return create(path, mode);
}

}  // namespace understudy::service
