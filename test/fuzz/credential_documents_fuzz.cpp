// Credentials as JSON: what a credential_process prints and what an endpoint answers can be handed on, and reads as the
// same credentials again.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/credential_documents.hpp"
#include "understudy/source/process.hpp"
#include "understudy/source/upstream.hpp"

namespace {

namespace aws = understudy::aws;
namespace source = understudy::source;

/// Documents have no fractions of a second.
aws::Credentials rounded(aws::Credentials credentials) {
  if (credentials.expiration) {
    credentials.expiration = std::chrono::floor<std::chrono::seconds>(*credentials.expiration);
  }
  return credentials;
}

void hold_for_endpoint(const aws::Credentials& credentials) {
  require(credentials.is_temporary() && !credentials.access_key_id.empty());
  auto expected = rounded(credentials);
  const auto documents = aws::render_documents(credentials);
  const auto ecs = source::parse_endpoint_document(*documents.ecs, "it");
  const auto pod = source::parse_endpoint_document(*documents.pod_identity, "it");
  require(ecs && ecs->role_arn == credentials.role_arn && pod && pod->account_id == credentials.account_id);
  expected.role_arn.clear();
  expected.account_id.clear();
  const auto imds = source::parse_endpoint_document(*documents.imds, "it");
  require(imds && *imds == expected);
  expected.account_id = credentials.account_id;
  const auto extended = source::parse_endpoint_document(*documents.imds_extended, "it");
  require(extended && *extended == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  if (const auto printed = source::parse_process_document(text, "it")) {
    require(!printed->access_key_id.empty() && !printed->secret_access_key.empty());
    const auto again = source::parse_process_document(aws::render_process_document(*printed), "it");
    require(again && *again == rounded(*printed));
  }
  if (const auto answered = source::parse_endpoint_document(text, "it")) {
    hold_for_endpoint(*answered);
  }
  const auto refusal = source::upstream_refusal({403, {}, {text}, {}, {}}, "it");
  require(!refusal.code.empty() && is_showable(refusal.code) && is_showable(refusal.message));
  return 0;
}
