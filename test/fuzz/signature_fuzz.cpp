// Signature Version 4 over any request: `METHOD target`, header lines, an empty line, the body. What is signed
// verifies, canonical forms are their own, and a signature that somebody presents is what its header promises.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/aws/canonical_request.hpp"
#include "understudy/aws/sigv4.hpp"
#include "understudy/base/text.hpp"

namespace {

namespace aws = understudy::aws;

const aws::Credentials kKeys{
    "AKIAEXAMPLEEXAMPLE00", understudy::Secret("a fake secret"), understudy::Secret("a+token=/"), {}, {}, {}, {}};

understudy::Request read_request(std::string_view text) {
  understudy::Request request;
  auto head = take_until(text, '\n');
  request.method = take_until(head, ' ');
  request.target = head;
  for (auto line = take_until(text, '\n'); !line.empty(); line = take_until(text, '\n')) {
    const auto name = take_until(line, ':');
    request.headers.add(name, line);
  }
  request.body = text;
  return request;
}

void hold_for_presented(const understudy::Request& request) {
  const auto presented = aws::read_signature(request);
  if (!presented) {
    require(!presented.error().code.empty() && is_showable(presented.error().message));
    return;
  }
  require(!presented->access_key_id.empty() && presented->scope.date.size() == 8 && !presented->signature.empty());
  require(std::ranges::is_sorted(presented->signed_headers));
  require(std::ranges::find(presented->signed_headers, "host") != presented->signed_headers.end());
  require(aws::expected_signature(request, *presented, kKeys.secret_access_key).signature.size() == 64);
}

bool has_token(const understudy::HeaderField& field) {
  return !field.name.empty() && std::ranges::all_of(field.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void hold_for_own(const understudy::Request& request, bool presigned) {
  auto signed_request = request;
  signed_request.headers.set("Host", "sts.us-east-1.amazonaws.com");
  // Somebody's own X-Amz-* in the query is not what we ever sign, nor is a name that HTTP does not have.
  if (signed_request.target.find("X-Amz-") != std::string::npos ||
      signed_request.target.find('%') != std::string::npos || !std::ranges::all_of(request.headers, has_token)) {
    return;
  }
  const auto now = understudy::fakes::FakeClock().wall();
  const auto steps =
      presigned ? aws::presign_request(signed_request, kKeys, "us-east-1", "sts", now, std::chrono::seconds(60))
                : aws::sign_request(signed_request, kKeys, "us-east-1", "sts", now);
  const auto presented = aws::read_signature(signed_request);
  require(presented && presented->presigned == presigned && presented->session_token == "a+token=/");
  require(aws::expected_signature(signed_request, *presented, kKeys.secret_access_key).signature == steps.signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = read_request(as_text(data, size));
  const auto [path, query] = aws::split_target(request.target);
  const auto canonical = aws::canonical_query(aws::parse_query(query));
  require(aws::canonical_query(aws::parse_query(canonical)) == canonical);
  const auto signed_path = aws::canonical_path(path, "sts");
  require(signed_path.starts_with('/') && signed_path.find("//") == signed_path.npos);
  require(aws::canonical_path(understudy::percent_decode(signed_path), "sts") == signed_path);
  hold_for_presented(request);
  hold_for_own(request, false);
  hold_for_own(request, true);
  return 0;
}
