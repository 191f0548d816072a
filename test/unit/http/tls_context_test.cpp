#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <utility>
#include <vector>

#include "fakes/pem.hpp"
#include "understudy/base/keys.hpp"
#include "understudy/http/tls.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;

namespace {

/// A self-signed certificate for that key, which OpenSSL's own level lets through however it is signed.
fakes::Identity signed_by_itself(fakes::PrivateKey key, const EVP_MD* digest) {
  auto made = fakes::make_identity({"web.example", "DNS:web.example"});
  X509_set_pubkey(made.certificate.get(), key.get());
  X509_sign(made.certificate.get(), key.get(), digest);
  made.key = std::move(key);
  return made;
}

/// `ok`, or the message.
std::string told(const fakes::Identity& identity) {
  const auto key = fakes::pem_of(*identity.key, fakes::PemForm::kPkcs8);
  const auto made = TlsContext::make({certificates_in(identity.pem(), "it").value(), Secret(key)});
  return made ? "ok" : made.error().code + ": " + made.error().message;
}

}  // namespace

TEST_CASE("a key that clients do not have is refused, and so is a signature by SHA-1") {
  const auto key_on = [](const char* curve) { return fakes::make_ec_key(curve); };
  const auto rsa = [](unsigned bits) { return fakes::PrivateKey(EVP_RSA_gen(bits)); };
  const auto other = [](const char* kind) { return fakes::PrivateKey(EVP_PKEY_Q_keygen(nullptr, nullptr, kind)); };
  struct Row {
    const char* what;
    fakes::Identity identity;
    std::string reason;  // Empty: it is taken.
  };
  std::vector<Row> rows;
  rows.push_back({"P-256", signed_by_itself(key_on("P-256"), EVP_sha256()), ""});
  rows.push_back({"P-384", signed_by_itself(key_on("P-384"), EVP_sha384()), ""});
  rows.push_back({"P-521", signed_by_itself(key_on("P-521"), EVP_sha512()), ""});
  rows.push_back({"RSA of 2048 bits", signed_by_itself(rsa(2048), EVP_sha256()), ""});
  rows.push_back({"Ed25519", signed_by_itself(other("ED25519"), nullptr), ""});
  rows.push_back({"secp256k1", signed_by_itself(key_on("secp256k1"), EVP_sha256()), "no key of its kind"});
  rows.push_back({"brainpool", signed_by_itself(key_on("brainpoolP256r1"), EVP_sha256()), "no key of its kind"});
  rows.push_back({"P-224", signed_by_itself(key_on("P-224"), EVP_sha256()), "no key of its kind"});
  rows.push_back({"RSA of 1024 bits", signed_by_itself(rsa(1024), EVP_sha256()), "no key of its kind"});
  rows.push_back({"Ed448", signed_by_itself(other("ED448"), nullptr), "no key of its kind"});
  rows.push_back({"SHA-1", signed_by_itself(key_on("P-256"), EVP_sha1()), "how it is signed"});
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto text = told(row.identity);
    if (row.reason.empty()) {
      CHECK(text == "ok");
    } else {
      CHECK(text.starts_with("BadTlsIdentity: the certificate and its private key can not be used for TLS: clients "));
      CHECK_MESSAGE(text.find(row.reason) != std::string::npos, text);
    }
  }
}

TEST_CASE("a server is called by its address where the certificate has that, else by a name that is whole") {
  using Names = std::vector<std::string>;
  CHECK(name_among(Names{"web.example", "10.0.0.7"}, "10.0.0.7") == "10.0.0.7");
  CHECK(name_among(Names{"*.web.example", "api.example"}, "10.0.0.7") == "api.example");
  CHECK(name_among(Names{"*.web.example"}, "10.0.0.7") == "understudy.web.example");
  CHECK(name_among(Names{}, "10.0.0.7") == "10.0.0.7");
}
