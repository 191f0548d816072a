#include "understudy/service/authority_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "understudy/base/files.hpp"

namespace understudy::service {
namespace {

using Path = std::filesystem::path;

Path key_in(const Path& folder) { return folder / "ca.key"; }

Error missing(const Path& folder, Error error) {
  if (error.kind != Error::Kind::kNotFound) {
    return error;
  }
  return {Error::Kind::kNotFound, "NoAuthority",
          fmt::format("{} has no authority ({}); make one: understudy tls-ca {}", folder.string(), error.message,
                      folder.string())};
}

bool is_there(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

Path authority_certificate_in(const Path& folder) { return folder / "ca.pem"; }

Result<Authority> read_authority(const Path& folder) {
  const auto certificate = read_file(authority_certificate_in(folder));
  if (!certificate) {
    return missing(folder, certificate.error());
  }
  auto key = read_file(key_in(folder));
  if (!key) {
    return missing(folder, std::move(key).error());
  }
  const Secret secret(*std::move(key));
  return Authority::from_pem(*certificate, secret.reveal(), folder.string());
}

std::optional<std::string> loose_key_in(const Path& folder) {
  const auto key = key_in(folder).string();
  if ((file_mode(key) & (S_IRWXG | S_IRWXO)) == 0) {
    return std::nullopt;
  }
  return fmt::format("others may read or write {}, by which any name is vouched for; type: chmod 600 {}", key, key);
}

Result<Authority> make_authority(const Path& folder, const std::vector<std::string>& names, bool replace,
                                 WallTime now) {
  if (auto made = make_directories(folder, 0755); !made) {
    return std::move(made).error();
  }
  const auto lock = FolderLock::take(folder);
  if (!lock) {
    return lock.error();
  }
  const auto certificate = authority_certificate_in(folder);
  if (!replace && (is_there(certificate) || is_there(key_in(folder)))) {
    return Error{Error::Kind::kInvalid, "AuthorityExists",
                 fmt::format("{} has an authority, which clients may trust; --force makes another in its place",
                             folder.string())};
  }
  auto authority = Authority::make(names, now);
  if (auto written = write_file_atomically(key_in(folder), authority.key_pem().reveal(), 0600); !written) {
    return std::move(written).error();
  }
  if (auto written = write_file_atomically(certificate, authority.certificate_pem(), 0644); !written) {
    return std::move(written).error();
  }
  return authority;
}

}  // namespace understudy::service
