#include "understudy/service/sts_session.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

#include "understudy/aws/access_key.hpp"
#include "understudy/base/crypto.hpp"

namespace understudy::service {
namespace {

using Json = nlohmann::json;

/// Part of what is sealed over: a change of the form below needs a new number.
constexpr std::string_view kForm = "understudy session 1/";

std::string encode(const StsSession& session) {
  const auto& who = session.identity;
  const Json parts = {static_cast<int>(who.kind),
                      who.arn,
                      who.user_id,
                      who.account,
                      who.role_arn,
                      who.tags,
                      who.transitive_tag_keys,
                      who.source_identity,
                      who.mfa_serial,
                      std::string(session.secret_access_key.reveal()),
                      session.expires.time_since_epoch().count()};
  // CBOR takes bytes as they are; text that is not UTF-8 may stand in a tag.
  std::string bytes;
  Json::to_cbor(parts, bytes);
  return bytes;
}

StsSession decode(const std::string& bytes, std::string_view access_key_id) {
  const auto parts = Json::from_cbor(bytes);
  StsSession session;
  auto& who = session.identity;
  std::size_t at = 0;
  who.kind = static_cast<StsIdentity::Kind>(parts.at(at++).get<int>());
  for (auto* text : {&who.arn, &who.user_id, &who.account, &who.role_arn}) {
    *text = parts.at(at++).get<std::string>();
  }
  who.tags = parts.at(at++).get<aws::Tags>();
  who.transitive_tag_keys = parts.at(at++).get<std::vector<std::string>>();
  who.source_identity = parts.at(at++).get<std::string>();
  who.mfa_serial = parts.at(at++).get<std::string>();
  session.secret_access_key = Secret(parts.at(at++).get<std::string>());
  session.expires = WallTime(std::chrono::milliseconds(parts.at(at).get<std::int64_t>()));
  session.access_key_id = access_key_id;
  return session;
}

std::string bound_to(std::string_view access_key_id) { return std::string(kForm) + std::string(access_key_id); }

}  // namespace

SessionSealer::SessionSealer(const Secret& key)
    : key_(bytes_of(hmac_sha256("understudy seal key", key.empty() ? random_bytes(32) : std::string(key.reveal())))) {}

Secret SessionSealer::seal(const StsSession& session) const {
  auto bytes = encode(session);
  Secret token(base64(understudy::seal(key_.reveal(), bytes, bound_to(session.access_key_id))));
  wipe(bytes);
  return token;
}

std::optional<StsSession> SessionSealer::unseal(std::string_view token, std::string_view access_key_id) const {
  const auto sealed = unbase64(token);
  auto bytes = sealed ? understudy::unseal(key_.reveal(), *sealed, bound_to(access_key_id)) : std::nullopt;
  if (!bytes) {
    return std::nullopt;
  }
  auto session = decode(*bytes, access_key_id);
  wipe(*bytes);
  return session;
}

aws::Credentials issue_session(const SessionSealer& sealer, StsIdentity identity, WallTime expires) {
  StsSession session{std::move(identity), {}, {}, expires};
  session.access_key_id = aws::make_access_key_id("ASIA", session.identity.account, random_bytes(5));
  session.secret_access_key = Secret(base64(random_bytes(30)));
  aws::Credentials credentials;
  credentials.session_token = sealer.seal(session);
  credentials.access_key_id = session.access_key_id;
  credentials.secret_access_key = session.secret_access_key;
  credentials.expiration = expires;
  credentials.account_id = session.identity.account;
  credentials.role_arn = session.identity.role_arn;
  return credentials;
}

}  // namespace understudy::service
