#include "understudy/base/keys.hpp"

#include <string>
#include <vector>

#include "fakes/certificates.hpp"
#include "fakes/pem.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using fakes::PemForm;

std::string code_of(const Result<PrivateKey>& key) { return key ? "" : key.error().code; }

TEST_CASE("keys are read in every PEM form that openssl writes") {
  const auto rsa = fakes::make_rsa_key();
  const auto ec = fakes::make_ec_key("P-256");
  for (const auto form : {PemForm::kPkcs8, PemForm::kTraditional}) {
    const auto first = PrivateKey::from_pem(fakes::pem_of(*rsa, form), "k.pem");
    REQUIRE(first);
    CHECK(first->kind() == KeyKind::kRsa);
    CHECK_FALSE(first->p256_point());
    const auto second = PrivateKey::from_pem(fakes::pem_of(*ec, form), "k.pem");
    REQUIRE(second);
    CHECK(second->kind() == KeyKind::kEc);
    CHECK(second->p256_point());
  }
}

TEST_CASE("a key is found behind what else stands in the file") {
  const auto identity = fakes::make_identity({"host", "", 1});
  const auto key = fakes::pem_of(*identity.key, PemForm::kTraditional);
  CHECK(PrivateKey::from_pem("For host.example\n" + identity.pem() + key, "both.pem"));
  // As `openssl ecparam -genkey` writes it: the curve (P-256's object identifier) in a block of its own first.
  const std::string parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  CHECK(PrivateKey::from_pem(parameters + key, "k.pem"));
}

TEST_CASE("a file that is no key of ours says why") {
  const auto ec = fakes::make_ec_key("P-256");
  const auto good = fakes::pem_of(*ec, PemForm::kPkcs8);
  const fakes::PrivateKey ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  struct Row {
    std::string pem;
    std::string code;
    std::string message;
  };
  const std::vector<Row> rows{
      {"", "BadPrivateKey", "k.pem holds none that can be read: expected an RSA or EC private key in PEM form"},
      {"k", "BadPrivateKey", "k.pem holds none that can be read: expected an RSA or EC private key in PEM form"},
      {good.substr(0, good.size() / 2), "BadPrivateKey",
       "k.pem holds none that can be read: expected an RSA or EC private key in PEM form"},
      {fakes::make_identity({"host", "", 1}).pem(), "BadPrivateKey",
       "k.pem holds none that can be read: expected an RSA or EC private key in PEM form"},
      {fakes::public_pem_of(*ec), "BadPrivateKey",
       "k.pem holds none that can be read: expected an RSA or EC private key in PEM form"},
      {fakes::pem_of(*ed25519, PemForm::kPkcs8), "BadPrivateKey",
       "k.pem holds one of another kind: expected an RSA or EC private key in PEM form"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pem.size());
    const auto key = PrivateKey::from_pem(row.pem, "k.pem");
    REQUIRE_FALSE(key);
    CHECK(key.error() == Error{Error::Kind::kInvalid, row.code, row.message});
  }
  for (const auto form : {PemForm::kPkcs8, PemForm::kTraditional}) {
    CHECK(code_of(PrivateKey::from_pem(fakes::pem_of(*ec, form, "sesame"), "k.pem")) == "EncryptedPrivateKey");
  }
}

TEST_CASE("signatures verify, by RSA and by every common curve") {
  const std::string text = "what is signed";
  for (const auto* curve : {"P-256", "P-384", "P-521"}) {
    CAPTURE(curve);
    const auto ec = fakes::make_ec_key(curve);
    const auto key = PrivateKey::from_pem(fakes::pem_of(*ec, PemForm::kPkcs8), "k.pem");
    REQUIRE(key);
    CHECK(fakes::verifies(*ec, text, key->sign_sha256(text)));
    CHECK_FALSE(fakes::verifies(*ec, "something else", key->sign_sha256(text)));
    CHECK(key->p256_point().has_value() == (std::string_view(curve) == "P-256"));
  }
  const auto rsa = fakes::make_rsa_key();
  const auto key = PrivateKey::from_pem(fakes::pem_of(*rsa, PemForm::kPkcs8), "k.pem");
  CHECK(key->sign_sha256(text).size() == 256);
  CHECK(key->sign_sha256(text) == key->sign_sha256(text));
  CHECK(fakes::verifies(*rsa, text, key->sign_sha256(text)));
}

TEST_CASE("ES256 is 64 bytes and verifies with the point's 32 and 32") {
  // Numbers that begin with zeros are padded: one of 256 does, on average.
  const auto ec = fakes::make_ec_key("P-256");
  const auto key = PrivateKey::from_pem(fakes::pem_of(*ec, PemForm::kPkcs8), "k.pem");
  const auto point = key->p256_point();
  REQUIRE(point);
  CHECK(point->x.size() == 32);
  CHECK(point->y.size() == 32);
  const auto verifier = fakes::p256_key_of(point->x, point->y);
  for (int i = 0; i < 600; ++i) {
    const auto text = std::to_string(i);
    const auto signature = key->sign_es256(text);
    REQUIRE(signature.size() == 64);
    REQUIRE(fakes::verifies(*verifier, text, fakes::ecdsa_der(signature)));
  }
}

TEST_CASE("certificates are read in their order with what they say") {
  const auto authority = fakes::make_identity({"authority", "", 30});
  const auto leaf = fakes::make_identity({"host", "", 2}, &authority);
  const auto key = fakes::pem_of(*leaf.key, PemForm::kPkcs8);
  const auto found = certificates_in("comment\n" + leaf.pem() + key + authority.pem(), "c.pem");
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  const auto& first = found->front();
  CHECK(first.serial == std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(leaf.certificate.get()))));
  CHECK(first.not_after - first.not_before == std::chrono::hours(12 * 24));
  CHECK(first.der != found->back().der);
  CHECK(fakes::der_of(*leaf.certificate) == first.der);
  const auto own = PrivateKey::from_pem(key, "k.pem");
  REQUIRE(own);
  CHECK(own->belongs_to(first));
  CHECK_FALSE(own->belongs_to(found->back()));
}

TEST_CASE("a serial number of 20 bytes is decimal too") {
  const auto identity = fakes::make_identity({"host", "", 1});
  const fakes::Number number = fakes::number_of("1461501637330902918203684832716283019655932542975");  // 2^160 - 1
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(identity.certificate.get()));
  X509_sign(identity.certificate.get(), identity.key.get(), EVP_sha256());
  const auto found = certificates_in(identity.pem(), "c.pem");
  REQUIRE(found);
  CHECK(found->front().serial == "1461501637330902918203684832716283019655932542975");
}

TEST_CASE("a file without good certificates says so") {
  const auto pem = fakes::make_identity({"host", "", 1}).pem();
  const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  struct Row {
    std::string pem;
    std::string why;
  };
  const std::vector<Row> rows{{"", "holds none"},
                              {"c", "holds none"},
                              {broken, "holds one that can not be read"},
                              {pem + broken, "holds one that can not be read"},
                              {pem + pem.substr(0, pem.size() / 2), "holds one that can not be read"}};
  for (const auto& row : rows) {
    CAPTURE(row.pem.size());
    const auto found = certificates_in(row.pem, "c.pem");
    REQUIRE_FALSE(found);
    CHECK(found.error() ==
          Error{Error::Kind::kInvalid, "BadCertificate",
                "c.pem " + row.why + ": expected certificates in PEM form (-----BEGIN CERTIFICATE-----)"});
  }
}

}  // namespace
}  // namespace understudy
