#include "understudy/base/cms.hpp"

#include <fmt/format.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>
#include <utility>

#include "openssl.hpp"

namespace understudy {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Time = Owned<ASN1_TIME, ASN1_TIME_free>;
using Number = Owned<BIGNUM, BN_free>;
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
constexpr int kSerialBits = 127;

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

Time time_of(WallTime time) {
  Time out(ASN1_TIME_set(nullptr, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count()));
  require(out != nullptr, "ASN1_TIME_set");
  return out;
}

void add_name(X509_NAME* name, const char* part, std::string_view text) {
  require(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, raw(text), static_cast<int>(text.size()), -1, 0) == 1,
          "X509_NAME_add_entry_by_txt");
}

/// A verifier finds the certificate by issuer and serial, so the serial tells apart those of one name.
void set_random_serial(X509* certificate) {
  const Number number(BN_new());
  require(number != nullptr && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1, "BN_rand");
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "BN_to_ASN1_INTEGER");
}

std::shared_ptr<X509> certify(EVP_PKEY* key, std::string_view common_name, WallTime now) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  require(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "X509_new");
  set_random_serial(certificate.get());
  require(X509_set1_notBefore(certificate.get(), time_of(now - kDay).get()) == 1, "X509_set1_notBefore");
  require(X509_set1_notAfter(certificate.get(), time_of(now - kDay + kLife).get()) == 1, "X509_set1_notAfter");
  auto* const name = X509_get_subject_name(certificate.get());
  add_name(name, "O", "understudy");
  add_name(name, "CN", common_name);
  require(X509_set_issuer_name(certificate.get(), name) == 1, "X509_set_issuer_name");
  require(X509_set_pubkey(certificate.get(), key) == 1, "X509_set_pubkey");
  require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "X509_sign");
  return certificate;
}

std::string text_in(BIO* memory) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(size)};
}

Bio new_memory() {
  Bio memory(BIO_new(BIO_s_mem()));
  require(memory != nullptr, "BIO_new");
  return memory;
}

void add_signer(CMS_ContentInfo* message, X509* certificate, EVP_PKEY* key, const EVP_MD* digest, WallTime at) {
  auto* const signer = CMS_add1_signer(message, certificate, key, digest, CMS_BINARY | CMS_NOCERTS | CMS_NOSMIMECAP);
  require(signer != nullptr, "CMS_add1_signer");
  const auto time = time_of(at);
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
  const auto memory = new_memory();
  require(PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_bio_PKCS8PrivateKey");
  require(PEM_write_bio_X509(memory.get(), certificate_.get()) == 1, "PEM_write_bio_X509");
  return Secret(text_in(memory.get()));
}

std::string CmsSigner::certificate_pem() const {
  const auto memory = new_memory();
  require(PEM_write_bio_X509(memory.get(), certificate_.get()) == 1, "PEM_write_bio_X509");
  return text_in(memory.get());
}

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
