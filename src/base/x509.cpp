#include "x509.hpp"

#include <openssl/bn.h>
#include <openssl/pem.h>

#include <chrono>

namespace understudy {
namespace {

using Number = Owned<BIGNUM, BN_free>;

constexpr int kSerialBits = 127;

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

Bio new_memory() {
  Bio memory(BIO_new(BIO_s_mem()));
  require(memory != nullptr, "BIO_new");
  return memory;
}

std::string text_in(BIO* memory) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

Owned<ASN1_TIME, ASN1_TIME_free> asn1_time_of(WallTime time) {
  Owned<ASN1_TIME, ASN1_TIME_free> out(
      ASN1_TIME_set(nullptr, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count()));
  require(out != nullptr, "ASN1_TIME_set");
  return out;
}

std::shared_ptr<X509> new_certificate(EVP_PKEY* key, WallTime not_before, WallTime not_after) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  require(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "X509_new");
  set_random_serial(certificate.get());
  require(X509_set1_notBefore(certificate.get(), asn1_time_of(not_before).get()) == 1, "X509_set1_notBefore");
  require(X509_set1_notAfter(certificate.get(), asn1_time_of(not_after).get()) == 1, "X509_set1_notAfter");
  require(X509_set_pubkey(certificate.get(), key) == 1, "X509_set_pubkey");
  return certificate;
}

void add_names(X509_NAME* name, std::string_view common_name) {
  add_name(name, "O", "understudy");
  add_name(name, "CN", common_name);
}

std::string pem_of(X509* certificate) {
  const auto memory = new_memory();
  require(PEM_write_bio_X509(memory.get(), certificate) == 1, "PEM_write_bio_X509");
  return text_in(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
  const auto memory = new_memory();
  require(PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_bio_PKCS8PrivateKey");
  return text_in(memory.get());
}

}  // namespace understudy
