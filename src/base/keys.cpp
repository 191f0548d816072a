#include "understudy/base/keys.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <utility>

#include "understudy/base/openssl.hpp"

namespace understudy {
namespace {

constexpr std::size_t kP256Bytes = 32;

using Number = Owned<BIGNUM, BN_free>;

Error bad_key(std::string_view place, std::string_view why) {
  return {Error::Kind::kInvalid, "BadPrivateKey",
          fmt::format("{} {}: expected an RSA or EC private key in PEM form", place, why)};
}

Error encrypted(std::string_view place) {
  return {Error::Kind::kInvalid, "EncryptedPrivateKey",
          fmt::format("{} is encrypted, and nobody is there to type its passphrase: write it anew without one "
                      "(openssl pkey -in OLD -out NEW), readable for its owner alone",
                      place)};
}

Error bad_certificate(std::string_view place, std::string_view why) {
  return {Error::Kind::kInvalid, "BadCertificate",
          fmt::format("{} {}: expected certificates in PEM form (-----BEGIN CERTIFICATE-----)", place, why)};
}

std::string padded(const BIGNUM* number) {
  std::string out(kP256Bytes, '\0');
  require(BN_bn2binpad(number, raw(out), static_cast<int>(out.size())) == static_cast<int>(out.size()), "BN_bn2binpad");
  return out;
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &number) == 1, name);
  return padded(Number(number).get());
}

bool is_on_p256(const EVP_PKEY* key) {
  char name[64];
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1 &&
         std::string_view(name, size) == SN_X9_62_prime256v1;
}

std::string decimal(const ASN1_INTEGER* integer) {
  const Number number(ASN1_INTEGER_to_BN(integer, nullptr));
  require(number != nullptr, "ASN1_INTEGER_to_BN");
  char* const digits = BN_bn2dec(number.get());
  require(digits != nullptr, "BN_bn2dec");
  std::string text(digits);
  OPENSSL_free(digits);
  return text;
}

std::optional<WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    return std::nullopt;
  }
  return WallTime(std::chrono::seconds(timegm(&parts)));
}

std::string address_in(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  const int family = ASN1_STRING_length(bytes) == sizeof(in_addr) ? AF_INET : AF_INET6;
  const bool is_address = family == AF_INET || ASN1_STRING_length(bytes) == sizeof(in6_addr);
  return is_address && inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof text) != nullptr ? text : "";
}

std::vector<std::string> names_in(const X509* certificate) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> found(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(found.get()); ++i) {
    const auto* const one = sk_GENERAL_NAME_value(found.get(), i);
    std::string name;
    if (one->type == GEN_DNS) {
      const auto* const text = one->d.dNSName;
      name.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<std::size_t>(ASN1_STRING_length(text)));
    } else if (one->type == GEN_IPADD) {
      name = address_in(one->d.iPAddress);
    }
    if (!name.empty()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

/// nullopt where it has a form that RFC 5280 does not allow.
std::optional<Certificate> facts_of(X509* certificate) {
  const auto not_before = time_of(X509_get0_notBefore(certificate));
  const auto not_after = time_of(X509_get0_notAfter(certificate));
  auto* const key = X509_get0_pubkey(certificate);
  if (!not_before || !not_after || key == nullptr) {
    return std::nullopt;
  }
  return Certificate{der_of(certificate, i2d_X509),
                     decimal(X509_get0_serialNumber(certificate)),
                     *not_before,
                     *not_after,
                     der_of(key, i2d_PUBKEY),
                     names_in(certificate)};
}

bool was_end_of_pem() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, std::string_view place) {
  bool passphrase_wanted = false;
  const auto reader = reader_of(pem);
  const std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader.get(), nullptr, refuse_passphrase, &passphrase_wanted), EVP_PKEY_free);
  ERR_clear_error();
  if (key == nullptr) {
    return passphrase_wanted ? encrypted(place) : bad_key(place, "holds none that can be read");
  }
  switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_RSA:
      return PrivateKey(key, KeyKind::kRsa);
    case EVP_PKEY_EC:
      return PrivateKey(key, KeyKind::kEc);
    default:
      return bad_key(place, "holds one of another kind");
  }
}

std::string sign_sha256(EVP_PKEY* key, std::string_view data) {
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  require(context != nullptr, "EVP_MD_CTX_new");
  require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1, "DigestSignInit");
  std::size_t size = 0;
  require(EVP_DigestSign(context.get(), nullptr, &size, raw(data), data.size()) == 1, "DigestSign");
  std::string signature(size, '\0');
  require(EVP_DigestSign(context.get(), raw(signature), &size, raw(data), data.size()) == 1, "DigestSign");
  signature.resize(size);
  return signature;
}

std::string PrivateKey::sign_sha256(std::string_view data) const { return understudy::sign_sha256(key_.get(), data); }

std::optional<PrivateKey::P256Point> PrivateKey::p256_point() const {
  if (kind_ != KeyKind::kEc || !is_on_p256(key_.get())) {
    ERR_clear_error();
    return std::nullopt;
  }
  return P256Point{coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X), coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)};
}

std::string PrivateKey::sign_es256(std::string_view data) const {
  const auto der = sign_sha256(data);
  const auto* bytes = raw(der);
  const Owned<ECDSA_SIG, ECDSA_SIG_free> parts(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
  require(parts != nullptr, "d2i_ECDSA_SIG");
  return padded(ECDSA_SIG_get0_r(parts.get())) + padded(ECDSA_SIG_get0_s(parts.get()));
}

bool PrivateKey::belongs_to(const Certificate& certificate) const {
  const auto* bytes = raw(certificate.public_key);
  const Owned<EVP_PKEY, EVP_PKEY_free> theirs(
      d2i_PUBKEY(nullptr, &bytes, static_cast<long>(certificate.public_key.size())));
  const bool equal = theirs != nullptr && EVP_PKEY_eq(theirs.get(), key_.get()) == 1;
  ERR_clear_error();
  return equal;
}

Result<std::vector<Certificate>> certificates_in(std::string_view pem, std::string_view place) {
  std::vector<Certificate> found;
  const auto reader = reader_of(pem);
  bool passphrase_wanted = false;
  for (;;) {
    const Owned<X509, X509_free> one(PEM_read_bio_X509(reader.get(), nullptr, refuse_passphrase, &passphrase_wanted));
    const bool is_end = one == nullptr && was_end_of_pem();
    ERR_clear_error();
    if (is_end && !found.empty()) {
      return found;
    }
    auto facts = one != nullptr ? facts_of(one.get()) : std::nullopt;
    if (!facts) {
      ERR_clear_error();
      return bad_certificate(place, is_end ? "holds none" : "holds one that can not be read");
    }
    found.push_back(*std::move(facts));
  }
}

}  // namespace understudy
