#include "understudy/aws/sigv4_x509.hpp"

#include <string>
#include <vector>

#include "fakes/pem.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

const WallTime kNow = *parse_iso8601("2026-11-20T23:37:24Z");

Request request_to_sign() {
  Request request;
  request.method = "POST";
  request.target = "/sessions?roleArn=r&profileArn=arn%3Ap";
  request.headers = {{"Host", "rolesanywhere.eu-west-1.amazonaws.com"}, {"Content-Type", "application/json"}};
  request.body = "{}";
  return request;
}

struct Signer {
  fakes::Identity identity;
  PrivateKey key;
  std::vector<Certificate> certificates;

  explicit Signer(fakes::Identity made)
      : identity(std::move(made)),
        key(*PrivateKey::from_pem(fakes::pem_of(*identity.key, fakes::PemForm::kPkcs8), "k.pem")),
        certificates(*certificates_in(identity.pem(), "c.pem")) {}
};

Signer rsa_signer() {
  auto identity = fakes::make_identity({"host", "", 1});
  identity.key = fakes::make_rsa_key();
  X509_set_pubkey(identity.certificate.get(), identity.key.get());
  return Signer(std::move(identity));
}

TEST_CASE("a request is signed by the key itself, over the steps of Signature Version 4") {
  struct Row {
    Signer signer;
    std::string algorithm;
  };
  const Row rows[] = {{rsa_signer(), "AWS4-X509-RSA-SHA256"},
                      {Signer(fakes::make_identity({"host", "", 1})), "AWS4-X509-ECDSA-SHA256"}};
  for (const auto& [signer, algorithm] : rows) {
    CAPTURE(algorithm);
    const auto& leaf = signer.certificates.front();
    auto request = request_to_sign();
    const auto steps = sign_request_x509(request, signer.key, leaf, {}, "eu-west-1", "rolesanywhere", kNow);
    const auto x509 = base64(leaf.der);
    CHECK(steps.canonical_request ==
          "POST\n/sessions\nprofileArn=arn%3Ap&roleArn=r\ncontent-type:application/json\n"
          "host:rolesanywhere.eu-west-1.amazonaws.com\nx-amz-date:20261120T233724Z\nx-amz-x509:" +
              x509 + "\n\ncontent-type;host;x-amz-date;x-amz-x509\n" + hex(bytes_of(sha256("{}"))));
    CHECK(steps.string_to_sign == algorithm + "\n20261120T233724Z\n20261120/eu-west-1/rolesanywhere/aws4_request\n" +
                                      hex(bytes_of(sha256(steps.canonical_request))));
    CHECK(fakes::verifies(*signer.identity.key, steps.string_to_sign, *unhex(steps.signature)));
    CHECK(request.headers.get("X-Amz-X509") == x509);
    CHECK(request.headers.get("X-Amz-Date") == "20261120T233724Z");
    CHECK(request.headers.get("Authorization") ==
          algorithm + " Credential=" + leaf.serial +
              "/20261120/eu-west-1/rolesanywhere/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-x509, "
              "Signature=" +
              steps.signature);
  }
}

TEST_CASE("a chain is a header of its own, and signed") {
  const Signer signer(fakes::make_identity({"host", "", 1}));
  const std::vector<Certificate> chain{Certificate{"one", "1", {}, {}, ""}, Certificate{"two", "2", {}, {}, ""}};
  auto request = request_to_sign();
  const auto& leaf = signer.certificates.front();
  const auto steps = sign_request_x509(request, signer.key, leaf, chain, "eu-west-1", "rolesanywhere", kNow);
  CHECK(request.headers.get("X-Amz-X509-Chain") == base64("one") + "," + base64("two"));
  CHECK(steps.canonical_request.find("\nx-amz-x509-chain:" + base64("one") + ",") != std::string::npos);
  CHECK(steps.canonical_request.find("\ncontent-type;host;x-amz-date;x-amz-x509;x-amz-x509-chain\n") !=
        std::string::npos);
}

TEST_CASE("signing again leaves nothing of the first signature") {
  const Signer signer(fakes::make_identity({"host", "", 1}));
  const auto& leaf = signer.certificates.front();
  auto request = request_to_sign();
  sign_request_x509(request, signer.key, leaf, signer.certificates, "eu-west-1", "rolesanywhere", kNow);
  sign_request_x509(request, signer.key, leaf, {}, "eu-west-1", "rolesanywhere", kNow + std::chrono::hours(1));
  CHECK(request.headers.size() == 5);
  CHECK(request.headers.get("X-Amz-Date") == "20261121T003724Z");
  CHECK_FALSE(request.headers.get("X-Amz-X509-Chain"));
  Request without_host;
  CHECK_THROWS_AS(sign_request_x509(without_host, signer.key, leaf, {}, "eu-west-1", "rolesanywhere", kNow),
                  std::logic_error);
}

}  // namespace
}  // namespace understudy::aws
