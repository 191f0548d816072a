#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <string>
#include <string_view>

#include "fakes/certificates.hpp"

namespace understudy::fakes {

using Number = std::unique_ptr<BIGNUM, OpensslDelete<BN_free>>;

inline PrivateKey make_ec_key(const char* curve) { return PrivateKey(EVP_EC_gen(curve)); }
inline PrivateKey make_rsa_key() { return PrivateKey(EVP_RSA_gen(2048)); }

/// `PRIVATE KEY`, or what programs wrote before: `RSA PRIVATE KEY`, `EC PRIVATE KEY`.
enum class PemForm { kPkcs8, kTraditional };

/// With a passphrase it is encrypted.
inline std::string pem_of(EVP_PKEY& key, PemForm form, const char* passphrase = nullptr) {
  const Memory out(BIO_new(BIO_s_mem()));
  const auto* const cipher = passphrase != nullptr ? EVP_aes_128_cbc() : nullptr;
  auto* const word = const_cast<char*>(passphrase);
  if (form == PemForm::kPkcs8) {
    PEM_write_bio_PKCS8PrivateKey(out.get(), &key, cipher, nullptr, 0, nullptr, word);
  } else {
    PEM_write_bio_PrivateKey_traditional(out.get(), &key, cipher, nullptr, 0, nullptr, word);
  }
  return text_in(*out);
}

inline std::string public_pem_of(EVP_PKEY& key) {
  const Memory out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(out.get(), &key);
  return text_in(*out);
}

inline std::string der_of(X509& certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(&certificate, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

/// Whether that is the key's signature over the SHA-256 of `text`.
inline bool verifies(EVP_PKEY& key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, OpensslDelete<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const auto bytes = [](std::string_view view) { return reinterpret_cast<const unsigned char*>(view.data()); };
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, &key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

inline Number number_of(const char* decimal) {
  BIGNUM* number = nullptr;
  BN_dec2bn(&number, decimal);
  return Number(number);
}

/// JWS's r||s as OpenSSL verifies it.
inline std::string ecdsa_der(std::string_view raw) {
  const auto half = raw.size() / 2;
  const auto number = [](std::string_view bytes) {
    return BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
  };
  const std::unique_ptr<ECDSA_SIG, OpensslDelete<ECDSA_SIG_free>> parts(ECDSA_SIG_new());
  ECDSA_SIG_set0(parts.get(), number(raw.substr(0, half)), number(raw.substr(half)));
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

/// The public key with these coordinates, 32 bytes each.
inline PrivateKey p256_key_of(const std::string& x, const std::string& y) {
  const std::string point = "\x04" + x + y;
  const std::unique_ptr<OSSL_PARAM_BLD, OpensslDelete<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  const std::unique_ptr<OSSL_PARAM, OpensslDelete<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, OpensslDelete<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
  return PrivateKey(key);
}

}  // namespace understudy::fakes
