#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

/// What the files that call OpenSSL have in common.
namespace understudy {

inline const unsigned char* raw(std::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }
inline unsigned char* raw(std::string& data) { return reinterpret_cast<unsigned char*>(data.data()); }

inline void require(bool ok, const char* what) {
  if (!ok) {
    throw std::runtime_error(std::string("OpenSSL failed: ") + what);
  }
}

/// Lets go of an object by the function that OpenSSL has for it: `Owned<X509, X509_free>`.
template <auto free>
struct Release {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Release<free>>;

using Bio = Owned<BIO, BIO_free>;

/// REQUIRES: `text` outlives it.
inline Bio reader_of(std::string_view text) {
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  require(bio != nullptr, "BIO_new_mem_buf");
  return bio;
}

/// A passphrase callback where nobody is there to ask: notes in the bool behind `wanted` that one was wanted, and gives
/// none.
inline int refuse_passphrase(char*, int, int, void* wanted) {
  *static_cast<bool*>(wanted) = true;
  return -1;
}

/// `encode` is one of OpenSSL's i2d functions.
template <class T, class Encode>
std::string der_of(T* object, Encode encode) {
  unsigned char* bytes = nullptr;
  const int size = encode(object, &bytes);
  require(size > 0, "i2d");
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

/// In keys.cpp: PrivateKey::sign_sha256 with a key of any kind.
std::string sign_sha256(EVP_PKEY* key, std::string_view data);

}  // namespace understudy
