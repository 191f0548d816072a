#include "understudy/aws/sigv4_x509.hpp"

#include "sigv4_parts.hpp"
#include "understudy/aws/canonical_request.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

std::string joined(std::span<const Certificate> chain) {
  std::string out;
  for (const auto& certificate : chain) {
    out += (out.empty() ? "" : ",") + base64(certificate.der);
  }
  return out;
}

}  // namespace

SignatureSteps sign_request_x509(Request& request, const PrivateKey& key, const Certificate& certificate,
                                 std::span<const Certificate> chain, std::string_view region, std::string_view service,
                                 WallTime time) {
  const auto algorithm = key.kind() == KeyKind::kRsa ? "AWS4-X509-RSA-SHA256" : "AWS4-X509-ECDSA-SHA256";
  remove_signature(request);
  request.headers.add("X-Amz-Date", format_amz_date(time));
  request.headers.set("X-Amz-X509", base64(certificate.der));
  request.headers.remove("X-Amz-X509-Chain");
  if (!chain.empty()) {
    request.headers.add("X-Amz-X509-Chain", joined(chain));
  }
  const auto names = headers_to_sign(request.headers);
  const auto scope = scope_of(time, region, service);
  SignatureSteps steps;
  steps.canonical_request = canonical_request(request, names, service, false);
  steps.string_to_sign = string_to_sign(algorithm, steps.canonical_request, scope, time);
  steps.signature = hex(key.sign_sha256(steps.string_to_sign));
  request.headers.add("Authorization", authorization(algorithm, certificate.serial, scope, names, steps));
  return steps;
}

}  // namespace understudy::aws
