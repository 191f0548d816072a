#include "understudy/base/cms.hpp"

#include <fmt/format.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <utility>

#include "understudy/base/openssl.hpp"
#include "x509.hpp"

namespace understudy {
namespace {

using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Message = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;

/// Anybody may have them, and every key may: what is secret of a DSA key is another number.
constexpr std::string_view kDsaParameters =
    "-----BEGIN DSA PARAMETERS-----\n"
    "MIIBHgKBgQCyBgscjPteM0MXdjONQ9J4JnLsqYw6qHuaUChuHNEXbmGiwPWnjoNH\n"
    "5+jEjAxwLt68d6ln1EmF7nIVUahgJmOpdL7XbKcFu95SFfdLbKnV8/9Mb0Lqo+yw\n"
    "y8P85mM4xEmuJeMBQ7T0xENoLxZ6Gf6TIxr7mYbOWutlgNbzk9OPRwIVAOmhNgVk\n"
    "nXgwdp8ET+gEv8OHyYbVAoGAPnfRWSjkZUVSrtVWxxr3O7sR5hTgrrF4Fa3Wgz63\n"
    "kt8sFArEbBKgTEhZxrrf1Z7eLGhU/fZT1S8qJc1OBvYpzKga3rNs8BApemM6OgnS\n"
    "e9fOH69PuMfSgPJW9z/cdwbrI/s80wjvZfi/lkMndfELhluMO18gmax+xQdZ/Qwc\n"
    "JGE=\n"
    "-----END DSA PARAMETERS-----\n";

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kLife{20 * 365 * kDay};

int bits_of(SignerKind kind) { return kind == SignerKind::kRsa2048 ? 2048 : 1024; }
bool is_dsa(SignerKind kind) { return kind == SignerKind::kDsa1024; }

Key make_dsa_key() {
  const auto reader = reader_of(kDsaParameters);
  const Key parameters(PEM_read_bio_Parameters(reader.get(), nullptr), EVP_PKEY_free);
  require(parameters != nullptr, "DSA parameters");
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, parameters.get(), nullptr));
  EVP_PKEY* key = nullptr;
  require(context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1, "EVP_PKEY_keygen_init");
  require(EVP_PKEY_generate(context.get(), &key) == 1, "EVP_PKEY_generate");
  return {key, EVP_PKEY_free};
}

Key make_key(SignerKind kind) {
  Key key = is_dsa(kind) ? make_dsa_key() : Key(EVP_RSA_gen(static_cast<unsigned>(bits_of(kind))), EVP_PKEY_free);
  require(key != nullptr, "EVP_RSA_gen");
  return key;
}

std::shared_ptr<X509> certify(EVP_PKEY* key, std::string_view common_name, WallTime now) {
  auto certificate = new_certificate(key, now - kDay, now - kDay + kLife);
  auto* const name = X509_get_subject_name(certificate.get());
  add_names(name, common_name);
  require(X509_set_issuer_name(certificate.get(), name) == 1, "X509_set_issuer_name");
  require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "X509_sign");
  return certificate;
}

void add_signer(CMS_ContentInfo* message, X509* certificate, EVP_PKEY* key, const EVP_MD* digest, WallTime at) {
  auto* const signer = CMS_add1_signer(message, certificate, key, digest, CMS_BINARY | CMS_NOCERTS | CMS_NOSMIMECAP);
  require(signer != nullptr, "CMS_add1_signer");
  const auto time = asn1_time_of(at);
  require(CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, ASN1_STRING_type(time.get()), time.get(), -1) == 1,
          "CMS_signed_add1_attr_by_NID");
}

}  // namespace

CmsSigner CmsSigner::make(SignerKind kind, std::string_view common_name, WallTime now) {
  auto key = make_key(kind);
  auto certificate = certify(key.get(), common_name, now);
  return {kind, std::move(key), std::move(certificate)};
}

Result<CmsSigner> CmsSigner::from_pem(SignerKind kind, std::string_view pem, std::string_view place) {
  bool ignored = false;
  const auto key_reader = reader_of(pem);
  Key key(PEM_read_bio_PrivateKey(key_reader.get(), nullptr, refuse_passphrase, &ignored), EVP_PKEY_free);
  const auto certificate_reader = reader_of(pem);
  std::shared_ptr<X509> certificate(PEM_read_bio_X509(certificate_reader.get(), nullptr, refuse_passphrase, &ignored),
                                    X509_free);
  const bool fits = key != nullptr && certificate != nullptr &&
                    EVP_PKEY_get_base_id(key.get()) == (is_dsa(kind) ? EVP_PKEY_DSA : EVP_PKEY_RSA) &&
                    EVP_PKEY_get_bits(key.get()) == bits_of(kind) &&
                    X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return Error{Error::Kind::kInvalid, "BadSigner",
                 fmt::format("{} does not hold what it should: a private {} key of {} bits in PEM form, not encrypted, "
                             "and the certificate for it",
                             place, is_dsa(kind) ? "DSA" : "RSA", bits_of(kind))};
  }
  return CmsSigner(kind, std::move(key), std::move(certificate));
}

Secret CmsSigner::to_pem() const {
  auto key = pem_of(key_.get());
  Secret both(key + pem_of(certificate_.get()));
  wipe(key);
  return both;
}

std::string CmsSigner::certificate_pem() const { return pem_of(certificate_.get()); }

std::string CmsSigner::sign_sha256(std::string_view data) const { return understudy::sign_sha256(key_.get(), data); }

std::string CmsSigner::signed_data(std::string_view data, WallTime at) const {
  // Without CMS_BINARY line ends would be changed, and the content with them.
  const Message message(CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY | CMS_NOCERTS));
  require(message != nullptr, "CMS_sign");
  add_signer(message.get(), certificate_.get(), key_.get(), is_dsa(kind_) ? EVP_sha1() : EVP_sha256(), at);
  const auto content = reader_of(data);
  require(CMS_final(message.get(), content.get(), nullptr, CMS_BINARY) == 1, "CMS_final");
  return der_of(message.get(), i2d_CMS_ContentInfo);
}

}  // namespace understudy
