#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/cms.hpp"
#include "understudy/base/result.hpp"

namespace understudy::service {

/// One of the signatures beside the identity document, `dynamic/instance-identity/<name>`.
struct IdentitySignatureKind {
  std::string_view name;
  SignerKind signer;
};
/// As AWS documents them (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-iid.html). `signature` is a plain
/// one over the document; the others are CMS messages that hold the document.
inline constexpr std::array<IdentitySignatureKind, 3> kIdentitySignatureKinds{
    {{"signature", SignerKind::kRsa1024}, {"pkcs7", SignerKind::kDsa1024}, {"rsa2048", SignerKind::kRsa2048}}};

/// What an instance's identity document is signed with, in the order of kIdentitySignatureKinds. AWS has such keys for
/// each region; these are our own. Thread-safe as CmsSigner is.
using IdentityKeys = std::array<CmsSigner, kIdentitySignatureKinds.size()>;

/// New ones, with certificates that hold from the day before `now` on. Takes a processor 50 to 300 ms.
[[nodiscard]] IdentityKeys make_identity_keys(WallTime now);

/// Those that `folder` keeps, one file each, `rsa2048.pem`, with key and certificate. Those that are missing are made
/// and kept, with mode 0600; the folder, too, with 0700. Several processes may do so at once and get the same.
///
/// Does input and output. Errors, which name the file and nothing of its content: those of read_file,
/// write_file_atomically and FolderLock; kInvalid (code `BadSigner`) for a file that is not what it should be.
Result<IdentityKeys> keep_identity_keys(const std::filesystem::path& folder, WallTime now);

/// Makes the folder where it is missing, and tells what is wrong with the files that are there, so that a start can
/// refuse them. Makes no keys. Errors as of keep_identity_keys.
Result<void> check_identity_keys(const std::filesystem::path& folder);

/// What the instance answers with, in the wire's form: bare base64 in lines of 76 characters, LF between them and none
/// at the end.
struct IdentitySignatures {
  std::shared_ptr<const std::string> signature;  ///< RSA-1024 over the document's SHA-256, PKCS#1 v1.5.
  std::shared_ptr<const std::string> pkcs7;      ///< CMS SignedData, DSA-1024 with SHA-1.
  std::shared_ptr<const std::string> rsa2048;    ///< CMS SignedData, RSA-2048 with SHA-256.
};

/// `at` is the signing time that the CMS messages tell.
[[nodiscard]] IdentitySignatures sign_identity(const IdentityKeys& keys, std::string_view document, WallTime at);

}  // namespace understudy::service
