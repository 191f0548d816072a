#include "understudy/source/renewals.hpp"

#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::source {
namespace {

std::string digest_of(std::string_view content) {
  const auto digest = sha256(content);
  return {digest.begin(), digest.end()};
}

}  // namespace

Renewals::Turn Renewals::take(const std::filesystem::path& path) {
  File* file = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    auto& held = files_[path];
    if (!held) {
      held = std::make_unique<File>();
    }
    file = held.get();
  }
  return {*file, clock_};
}

std::optional<Error> Renewals::Turn::failure(std::string_view content) const {
  if (!file_.failure) {
    return std::nullopt;
  }
  const std::chrono::milliseconds memory = file_.failure->is_transient() ? kPassingMemory : kRefusalMemory;
  const bool counts = clock_.boot() - file_.failed_at < memory && file_.failed_content == digest_of(content);
  return counts ? file_.failure : std::nullopt;
}

void Renewals::Turn::failed(std::string_view content, const Error& error) {
  file_.failed_content = digest_of(content);
  file_.failure = error;
  file_.failed_at = clock_.boot();
}

Result<void> save_renewed(const std::filesystem::path& path, std::string_view before, std::string_view renewed) {
  auto standing = read_file(path);
  const bool was_changed = standing ? *standing != before : standing.error().kind == Error::Kind::kNotFound;
  if (standing) {
    wipe(*standing);
  }
  return was_changed ? Result<void>() : write_file_atomically(path, renewed, 0600);
}

}  // namespace understudy::source
