#include "understudy/base/cms.hpp"

#include <openssl/cms.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/pem.hpp"
#include "understudy/base/keys.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using Message = std::unique_ptr<CMS_ContentInfo, fakes::OpensslDelete<CMS_ContentInfo_free>>;

/// Line ends of both kinds and none at the end, so that whatever changes line ends is found out.
constexpr std::string_view kData = "{\n  \"a\" : \"1\"\r\n}";

const WallTime kNow = fakes::FakeClock().wall();

fakes::Memory memory_of(std::string_view text) {
  return fakes::Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

fakes::Certificate certificate_of(const CmsSigner& signer) {
  const auto pem = signer.certificate_pem();
  return fakes::Certificate(PEM_read_bio_X509(memory_of(pem).get(), nullptr, nullptr, nullptr));
}

Message parse(const std::string& der) { return Message(d2i_CMS_bio(memory_of(der).get(), nullptr)); }

/// The content where the signature is the certificate's; else `(no)`.
std::string verified(const std::string& der, const CmsSigner& signer) {
  const auto message = parse(der);
  const auto certificate = certificate_of(signer);
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> known(sk_X509_new_null(),
                                                                         [](auto* stack) { sk_X509_free(stack); });
  sk_X509_push(known.get(), certificate.get());
  const fakes::Memory content(BIO_new(BIO_s_mem()));
  const bool good = message != nullptr && CMS_verify(message.get(), known.get(), nullptr, nullptr, content.get(),
                                                     CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
  return good ? fakes::text_in(*content) : "(no)";
}

bool is_signed_by(const CmsSigner& signer, std::string_view data, std::string_view signature) {
  const auto certificate = certificate_of(signer);
  const std::unique_ptr<EVP_MD_CTX, fakes::OpensslDelete<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate.get()));
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(data.data()), data.size()) == 1;
}

TEST_CASE("signed data hold the content byte for byte, and any other content is found out") {
  for (const auto kind : {SignerKind::kRsa1024, SignerKind::kRsa2048, SignerKind::kDsa1024}) {
    CAPTURE(static_cast<int>(kind));
    const auto signer = CmsSigner::make(kind, "a test", kNow);
    auto der = signer.signed_data(kData, kNow);
    CHECK(verified(der, signer) == kData);
    CHECK(verified(der, CmsSigner::make(SignerKind::kRsa1024, "a test", kNow)) == "(no)");
    const auto place = der.find("\"1\"");
    REQUIRE(place != std::string::npos);
    der[place + 1] = '2';
    CHECK(verified(der, signer) == "(no)");
  }
}

TEST_CASE(
    "signed data are version 1, without certificates, with the digest that the kind has and the time that is told") {
  struct Row {
    SignerKind kind;
    int digest;
  };
  for (const auto& [kind, digest] :
       std::vector<Row>{{SignerKind::kRsa2048, NID_sha256}, {SignerKind::kDsa1024, NID_sha1}}) {
    CAPTURE(digest);
    const auto signer = CmsSigner::make(kind, "a test", kNow);
    const auto message = parse(signer.signed_data(kData, kNow));
    REQUIRE(message != nullptr);
    CHECK(OBJ_obj2nid(CMS_get0_eContentType(message.get())) == NID_pkcs7_data);
    CHECK(CMS_get1_certs(message.get()) == nullptr);
    auto* const signers = CMS_get0_SignerInfos(message.get());
    REQUIRE(sk_CMS_SignerInfo_num(signers) == 1);
    auto* const info = sk_CMS_SignerInfo_value(signers, 0);
    X509_ALGOR* algorithm = nullptr;
    CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &algorithm, nullptr);
    CHECK(OBJ_obj2nid(algorithm->algorithm) == digest);
    const auto* const time = static_cast<const ASN1_UTCTIME*>(
        CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(NID_pkcs9_signingTime), -3, V_ASN1_UTCTIME));
    REQUIRE(time != nullptr);
    CHECK(std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time))) == "261120233724Z");
  }
}

TEST_CASE("a plain signature is over the data's SHA-256, as long as the modulus") {
  const auto signer = CmsSigner::make(SignerKind::kRsa1024, "a test", kNow);
  const auto signature = signer.sign_sha256(kData);
  CHECK(signature.size() == 128);
  CHECK(is_signed_by(signer, kData, signature));
  CHECK_FALSE(is_signed_by(signer, "other data", signature));
}

TEST_CASE("a certificate names its key, holds for 20 years, and two have different serials") {
  const auto signer = CmsSigner::make(SignerKind::kDsa1024, "identity of a test", kNow);
  const auto facts = certificates_in(signer.certificate_pem(), "c.pem");
  REQUIRE(facts);
  CHECK(facts->at(0).not_before == kNow - std::chrono::hours(24));
  CHECK(facts->at(0).not_after == kNow + std::chrono::hours(24) * (20 * 365 - 1));
  const auto other = certificates_in(CmsSigner::make(SignerKind::kDsa1024, "x", kNow).certificate_pem(), "c.pem");
  REQUIRE(other);
  CHECK(other->at(0).serial != facts->at(0).serial);
  char name[200];
  X509_NAME_oneline(X509_get_subject_name(certificate_of(signer).get()), name, sizeof name);
  CHECK(std::string_view(name) == "/O=understudy/CN=identity of a test");
}

TEST_CASE("what was written is read again as the same signer") {
  for (const auto kind : {SignerKind::kRsa1024, SignerKind::kRsa2048, SignerKind::kDsa1024}) {
    CAPTURE(static_cast<int>(kind));
    const auto signer = CmsSigner::make(kind, "a test", kNow);
    const auto again = CmsSigner::from_pem(kind, signer.to_pem().reveal(), "k.pem");
    REQUIRE(again);
    CHECK(again->certificate_pem() == signer.certificate_pem());
    CHECK(verified(again->signed_data(kData, kNow), signer) == kData);
  }
}

TEST_CASE("what is not the kind's key with its certificate is refused, and nothing of it is told") {
  const auto signer = CmsSigner::make(SignerKind::kRsa1024, "a test", kNow);
  const auto other = CmsSigner::make(SignerKind::kRsa1024, "a test", kNow);
  const std::string pem(signer.to_pem().reveal());
  const auto key = pem.substr(0, pem.find("-----BEGIN CERTIFICATE"));
  const auto encrypted =
      fakes::pem_of(*fakes::make_rsa_key(), fakes::PemForm::kPkcs8, "hush") + signer.certificate_pem();
  for (const auto& text : {std::string(), std::string("k"), key, signer.certificate_pem(),
                           key + other.certificate_pem(), pem.substr(0, pem.size() - 40), encrypted}) {
    CAPTURE(text.size());
    const auto read = CmsSigner::from_pem(SignerKind::kRsa1024, text, "k.pem");
    REQUIRE_FALSE(read);
    CHECK(read.error() == Error{Error::Kind::kInvalid, "BadSigner",
                                "k.pem does not hold what it should: a private RSA key of 1024 bits in PEM form, not "
                                "encrypted, and the certificate for it"});
  }
  CHECK_FALSE(CmsSigner::from_pem(SignerKind::kRsa2048, pem, "k.pem"));
  CHECK_FALSE(CmsSigner::from_pem(SignerKind::kDsa1024, pem, "k.pem"));
}

}  // namespace
}  // namespace understudy
