// Keys and certificates in PEM: what is read has what its header says, and reads again from its own DER.

#include "fuzz/check.hpp"
#include "understudy/base/cms.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/keys.hpp"

namespace {

constexpr std::string_view kPlace = "seed.pem";

std::string pem_of(const understudy::Certificate& certificate) {
  std::string out = "-----BEGIN CERTIFICATE-----\n";
  const auto text = understudy::base64(certificate.der);
  for (std::size_t at = 0; at < text.size(); at += 64) {
    out += text.substr(at, 64) + "\n";
  }
  return out + "-----END CERTIFICATE-----\n";
}

void hold_for(const understudy::Certificate& certificate) {
  const std::string_view serial = certificate.serial;
  require(!serial.empty() && serial.find_first_not_of("-0123456789") == serial.npos);
  require(!certificate.der.empty() && !certificate.public_key.empty());
  const auto again = understudy::certificates_in(pem_of(certificate), kPlace);
  require(again && again->size() == 1 && again->front() == certificate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto certificates = understudy::certificates_in(text, kPlace);
  require(certificates ? !certificates->empty() : certificates.error().code == "BadCertificate");
  const auto key = understudy::PrivateKey::from_pem(text, kPlace);
  if (certificates) {
    for (const auto& certificate : *certificates) {
      hold_for(certificate);
      // Never throws, whatever kind of key the certificate has.
      require(!key || !key->belongs_to(certificate) || !key->sign_sha256("x").empty());
    }
  }
  if (key) {
    require(!key->p256_point() || (key->p256_point()->x.size() == 32 && key->sign_es256("x").size() == 64));
  } else {
    require(key.error().code == "BadPrivateKey" || key.error().code == "EncryptedPrivateKey");
  }
  const auto signer = understudy::CmsSigner::from_pem(understudy::SignerKind::kRsa1024, text, kPlace);
  require(signer || signer.error().code == "BadSigner");
  return 0;
}
