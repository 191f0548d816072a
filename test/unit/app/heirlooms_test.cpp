#include "understudy/app/heirlooms.hpp"

#include <string>
#include <vector>

#include "serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Keys = std::vector<std::string>;

const std::string kBefore = R"(region: us-east-1
sts: {endpoint: embedded}
roles:
  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}
  app: {assume_role: {arn: arn:aws:iam::111122223333:role/app, session_name: me}, source: base}
  audit: {assume_role: arn:aws:iam::444455556666:role/audit, source: app}
  alone: {static: {access_key_id: AKIAI44QH8DHBEXAMPLE, secret_access_key: fake-secret}}
)";

std::string changed(std::string_view from, std::string_view to) {
  auto text = kBefore;
  return text.replace(text.find(from), from.size(), to);
}

TEST_CASE("a role is the same where it, what it starts from and who is asked are") {
  struct Row {
    std::string what;
    std::string text;
    Keys same;
  };
  const std::vector<Row> rows{
      {"nothing", kBefore, {"base", "app", "audit", "alone"}},
      {"a comment, and where it stands",
       "# more\n\n" + changed("roles:", "roles:  # these"),
       {"base", "app", "audit", "alone"}},
      {"a role in the middle", changed("session_name: me", "session_name: you"), {"base", "alone"}},
      {"a secret at the start", changed("fake-secret", "fake-Secret"), {"alone"}},
      {"a base", changed("source: app", "source: base"), {"base", "app", "alone"}},
      {"a kind of text", changed("session_name: me", "session_name: 'me'"), {"base", "alone"}},
      {"one that is not there any more", changed("  audit:", "  other:"), {"base", "app", "alone"}},
      {"the region", changed("us-east-1", "eu-west-1"), {}},
      {"the STS", changed("embedded}", "'http://127.0.0.1:1341'}"), {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(unchanged_roles(config_of(kBefore), config_of(row.text)) == row.same);
  }
}

TEST_CASE("what was issued is passed on, and the signer where its keys are to be the same") {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  const auto before = config_of(kBefore);
  const auto first = new_heirlooms(before, {}, clock, log);
  clock.advance(std::chrono::hours(1));
  const auto second = pass_on(first, before, before, clock, log);
  CHECK(second.via == first.via);
  CHECK(second.started == first.started);
  CHECK(second.imds_key == first.imds_key);
  CHECK(second.seal_key == first.seal_key);
  CHECK(second.mfa == first.mfa);
  CHECK(second.signer == first.signer);
  CHECK(second.record == first.record);
  auto after = before;
  after.identity.keys = "/elsewhere";
  CHECK(pass_on(first, before, after, clock, log).signer != first.signer);
}

}  // namespace
}  // namespace understudy::app
