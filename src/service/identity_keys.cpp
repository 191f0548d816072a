#include "understudy/service/identity_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"

namespace understudy::service {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kLineLength = 76;

Path file_of(const Path& folder, const IdentitySignatureKind& kind) {
  return folder / fmt::format("{}.pem", kind.name);
}

CmsSigner make(const IdentitySignatureKind& kind, WallTime now) {
  return CmsSigner::make(kind.signer, fmt::format("instance identity {}", kind.name), now);
}

/// Empty where there is no such file.
Result<std::optional<CmsSigner>> read_kept(const Path& path, SignerKind kind) {
  auto pem = read_file(path);
  if (!pem) {
    const bool missing = pem.error().kind == Error::Kind::kNotFound;
    return missing ? Result<std::optional<CmsSigner>>(std::nullopt) : std::move(pem).error();
  }
  const Secret text(*std::move(pem));
  auto signer = CmsSigner::from_pem(kind, text.reveal(), path.string());
  if (!signer) {
    auto error = std::move(signer).error();
    error.message += "; delete the file and a good one is made";
    return error;
  }
  return std::optional(*std::move(signer));
}

/// REQUIRES: the folder is locked.
Result<CmsSigner> keep(const Path& folder, const IdentitySignatureKind& kind, WallTime now) {
  const auto path = file_of(folder, kind);
  auto kept = read_kept(path, kind.signer);
  if (!kept) {
    return std::move(kept).error();
  }
  if (*kept) {
    return **std::move(kept);
  }
  auto made = make(kind, now);
  if (auto written = write_file_atomically(path, made.to_pem().reveal(), 0600); !written) {
    return std::move(written).error();
  }
  return made;
}

std::shared_ptr<const std::string> in_lines(std::string_view bytes) {
  const auto text = base64(bytes);
  std::string lines;
  for (std::size_t begin = 0; begin < text.size(); begin += kLineLength) {
    lines += begin == 0 ? "" : "\n";
    lines += text.substr(begin, kLineLength);
  }
  return std::make_shared<const std::string>(std::move(lines));
}

}  // namespace

IdentityKeys make_identity_keys(WallTime now) {
  const auto& [signature, pkcs7, rsa2048] = kIdentitySignatureKinds;
  return {make(signature, now), make(pkcs7, now), make(rsa2048, now)};
}

Result<IdentityKeys> keep_identity_keys(const Path& folder, WallTime now) {
  if (auto made = make_directories(folder, 0700); !made) {
    return std::move(made).error();
  }
  const auto lock = FolderLock::take(folder);
  if (!lock) {
    return lock.error();
  }
  std::vector<CmsSigner> kept;
  for (const auto& kind : kIdentitySignatureKinds) {
    auto signer = keep(folder, kind, now);
    if (!signer) {
      return std::move(signer).error();
    }
    kept.push_back(*std::move(signer));
  }
  return IdentityKeys{kept[0], kept[1], kept[2]};
}

Result<void> check_identity_keys(const Path& folder) {
  if (auto made = make_directories(folder, 0700); !made) {
    return made;
  }
  for (const auto& kind : kIdentitySignatureKinds) {
    if (auto kept = read_kept(file_of(folder, kind), kind.signer); !kept) {
      return std::move(kept).error();
    }
  }
  return {};
}

IdentitySignatures sign_identity(const IdentityKeys& keys, std::string_view document, WallTime at) {
  const auto& [signature, pkcs7, rsa2048] = keys;
  return {in_lines(signature.sign_sha256(document)), in_lines(pkcs7.signed_data(document, at)),
          in_lines(rsa2048.signed_data(document, at))};
}

}  // namespace understudy::service
