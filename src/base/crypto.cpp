#include "understudy/base/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

#include "understudy/base/openssl.hpp"
#include "understudy/base/text.hpp"

namespace understudy {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kKeySize = 32;

using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

CipherContext new_cipher() {
  CipherContext context(EVP_CIPHER_CTX_new());
  require(context != nullptr, "EVP_CIPHER_CTX_new");
  return context;
}

/// Fetched once: EVP_aes_256_gcm() is looked up among the providers anew at each use, which takes longer than a token.
const EVP_CIPHER* aes_256_gcm() {
  static const Owned<EVP_CIPHER, EVP_CIPHER_free> cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  require(cipher != nullptr, "AES-256-GCM");
  return cipher.get();
}

}  // namespace

Digest sha256(std::string_view data) {
  Digest digest{};
  require(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256");
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view data) {
  Digest digest{};
  unsigned int size = digest.size();
  require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(data), data.size(), digest.data(), &size) !=
              nullptr,
          "HMAC-SHA-256");
  return digest;
}

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string sha1(std::string_view data) {
  std::string digest(20, '\0');
  require(EVP_Digest(data.data(), data.size(), raw(digest), nullptr, EVP_sha1(), nullptr) == 1, "SHA-1");
  return digest;
}

std::string hmac_sha1(std::string_view key, std::string_view data) {
  std::string digest(20, '\0');
  auto size = static_cast<unsigned int>(digest.size());
  require(
      HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), raw(data), data.size(), raw(digest), &size) != nullptr,
      "HMAC-SHA-1");
  return digest;
}

std::string hex(std::string_view data) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(data.size() * 2);
  for (const char c : data) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit_value(text[i]);
    const int low = hex_digit_value(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string base64(std::string_view data) {
  std::string out((data.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(raw(out), raw(data), static_cast<int>(data.size()));
  return out;
}

std::optional<std::string> unbase64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(raw(out), raw(text), static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  // EVP_DecodeBlock counts the padding as data and takes forms that are not canonical.
  for (std::size_t i = text.size(); i > 0 && text[i - 1] == '=' && !out.empty(); --i) {
    out.pop_back();
  }
  return base64(out) == text ? std::optional(out) : std::nullopt;
}

std::string base64url(std::string_view data) {
  std::string out = base64(data);
  for (char& c : out) {
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  while (!out.empty() && out.back() == '=') {
    out.pop_back();
  }
  return out;
}

std::optional<std::string> unbase64url(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) {
    if (c == '+' || c == '/' || c == '=') {
      return std::nullopt;
    }
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  standard.append((4 - standard.size() % 4) % 4, '=');
  return unbase64(standard);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  require(RAND_bytes(raw(out), static_cast<int>(count)) == 1, "RAND_bytes");
  return out;
}

std::string seal(std::string_view key, std::string_view plain, std::string_view associated_data) {
  if (key.size() != kKeySize) {
    throw std::logic_error("seal needs a key of 32 bytes");
  }
  std::string out = random_bytes(kNonceSize);
  out.resize(kNonceSize + plain.size() + kTagSize);
  const auto context = new_cipher();
  int length = 0;
  auto* const ciphertext = raw(out) + kNonceSize;
  require(EVP_EncryptInit_ex(context.get(), aes_256_gcm(), nullptr, raw(key), raw(out)) == 1, "EncryptInit");
  require(EVP_EncryptUpdate(context.get(), nullptr, &length, raw(associated_data),
                            static_cast<int>(associated_data.size())) == 1,
          "EncryptUpdate");
  require(EVP_EncryptUpdate(context.get(), ciphertext, &length, raw(plain), static_cast<int>(plain.size())) == 1,
          "EncryptUpdate");
  require(EVP_EncryptFinal_ex(context.get(), ciphertext + plain.size(), &length) == 1, "EncryptFinal");
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, ciphertext + plain.size()) == 1,
          "GCM tag");
  return out;
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed, std::string_view associated_data) {
  if (key.size() != kKeySize) {
    throw std::logic_error("unseal needs a key of 32 bytes");
  }
  if (sealed.size() < kNonceSize + kTagSize) {
    return std::nullopt;
  }
  const auto ciphertext = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string plain(ciphertext.size(), '\0');
  const auto context = new_cipher();
  int length = 0;
  require(EVP_DecryptInit_ex(context.get(), aes_256_gcm(), nullptr, raw(key), raw(sealed)) == 1, "DecryptInit");
  require(EVP_DecryptUpdate(context.get(), nullptr, &length, raw(associated_data),
                            static_cast<int>(associated_data.size())) == 1,
          "DecryptUpdate");
  require(
      EVP_DecryptUpdate(context.get(), raw(plain), &length, raw(ciphertext), static_cast<int>(ciphertext.size())) == 1,
      "DecryptUpdate");
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1, "GCM tag");
  unsigned char rest[kTagSize];
  return EVP_DecryptFinal_ex(context.get(), rest, &length) == 1 ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace understudy
