#include "understudy/service/sts_session.hpp"

#include <string>

#include "understudy/base/crypto.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

StsSession some_session() {
  StsSession session;
  session.identity.kind = StsIdentity::Kind::kRole;
  session.identity.arn = "arn:aws:sts::111122223333:assumed-role/app/me";
  session.identity.user_id = "AROA:me";
  session.identity.account = "111122223333";
  session.identity.role_arn = "arn:aws:iam::111122223333:role/team/app";
  session.identity.tags = {{"team", "a"}, {"bytes\xff", ""}};
  session.identity.transitive_tag_keys = {"team"};
  session.identity.source_identity = "jane";
  session.identity.mfa_serial = "arn:aws:iam::111122223333:mfa/me";
  session.access_key_id = "ASIAIOSFODNN7EXAMPLE";
  session.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  session.expires = WallTime(std::chrono::seconds(1795217844));
  return session;
}

TEST_CASE("a session comes back from its token") {
  const SessionSealer sealer(Secret("0123456789abcdef"));
  const auto session = some_session();
  const auto token = sealer.seal(session);
  CHECK((sealer.unseal(token.reveal(), session.access_key_id) == session));
  CHECK_FALSE((sealer.seal(session) == token));
  CHECK(token.reveal().find("jane") == std::string_view::npos);
}

TEST_CASE("a session with nothing but its ends comes back too") {
  const SessionSealer sealer{Secret()};
  const StsSession session{{}, "ASIAIOSFODNN7EXAMPLE", {}, {}};
  CHECK((sealer.unseal(sealer.seal(session).reveal(), session.access_key_id) == session));
}

TEST_CASE("a token with any byte changed, cut or added is none") {
  const SessionSealer sealer(Secret("0123456789abcdef"));
  const std::string id = "ASIAIOSFODNN7EXAMPLE";
  const std::string token(sealer.seal(some_session()).reveal());
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char c : {'A', 'B', '/', '=', '\0', '\n', static_cast<char>(token[i] ^ 1)}) {
      auto changed = token;
      changed[i] = c;
      CAPTURE(i);
      CHECK(sealer.unseal(changed, id).has_value() == (changed == token));
    }
    CHECK_FALSE(sealer.unseal(token.substr(0, i), id).has_value());
  }
  CHECK_FALSE(sealer.unseal(token + "AAAA", id).has_value());
  CHECK_FALSE(sealer.unseal("", id).has_value());
}

TEST_CASE("every bit of what is sealed counts") {
  const SessionSealer sealer(Secret("0123456789abcdef"));
  const auto sealed = *unbase64(sealer.seal(some_session()).reveal());
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    auto changed = sealed;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ 1 << i % 8);
    CAPTURE(i);
    CHECK_FALSE(sealer.unseal(base64(changed), "ASIAIOSFODNN7EXAMPLE").has_value());
  }
}

TEST_CASE("a token is good for its key id and its seal key alone") {
  const auto session = some_session();
  const SessionSealer sealer(Secret("0123456789abcdef"));
  const auto token = sealer.seal(session);
  CHECK_FALSE(sealer.unseal(token.reveal(), "ASIAIOSFODNN7EXAMPLF").has_value());
  CHECK_FALSE(sealer.unseal(token.reveal(), "").has_value());
  CHECK_FALSE(SessionSealer(Secret("0123456789abcdeg")).unseal(token.reveal(), session.access_key_id).has_value());
  CHECK((SessionSealer(Secret("0123456789abcdef")).unseal(token.reveal(), session.access_key_id) == session));
  CHECK_FALSE(SessionSealer(Secret())
                  .unseal(SessionSealer(Secret()).seal(session).reveal(), session.access_key_id)
                  .has_value());
}

TEST_CASE("issued credentials have AWS's shape and open their own token") {
  const SessionSealer sealer{Secret()};
  const auto expires = WallTime(std::chrono::seconds(1795217844));
  const auto credentials = issue_session(sealer, some_session().identity, expires);
  CHECK(credentials.access_key_id.size() == 20);
  CHECK(credentials.access_key_id.starts_with("ASIA"));
  CHECK(credentials.secret_access_key.reveal().size() == 40);
  CHECK(credentials.expiration == expires);
  CHECK(credentials.account_id == "111122223333");
  const auto session = sealer.unseal(credentials.session_token->reveal(), credentials.access_key_id);
  REQUIRE(session.has_value());
  CHECK((session->identity == some_session().identity));
  CHECK((session->secret_access_key == credentials.secret_access_key));
  CHECK(session->expires == expires);
}

}  // namespace
}  // namespace understudy::service
