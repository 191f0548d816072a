#include "understudy/source/roles_anywhere.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/aws/sigv4_x509.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

constexpr std::string_view kService = "rolesanywhere";

/// What to do about a refusal, by what it says (in lower case).
struct Advice {
  std::string_view said;
  std::string_view todo;
};
constexpr std::array kAdvice{
    Advice{"untrusted",
           "the trust anchor's authority has to have issued the certificate, and certificates between the "
           "two belong into \"chain\""},
    Advice{"rolesessionname", "leave session_name out, or let the profile accept role session names"},
    Advice{"unable to assume role",
           "the role has to trust rolesanywhere.amazonaws.com (sts:AssumeRole, sts:TagSession, sts:SetSourceIdentity), "
           "and the profile has to name the role"},
};

std::string advice_for(std::string_view message) {
  const auto said = to_lower(message);
  for (const auto& advice : kAdvice) {
    if (said.find(advice.said) != std::string::npos) {
      return fmt::format(" ({})", advice.todo);
    }
  }
  return {};
}

Result<std::vector<Certificate>> read_certificates(const std::string& path) {
  const auto pem = read_file(path);
  return pem ? certificates_in(*pem, path) : pem.error();
}

Error refusal(const JsonAnswer& answer) {
  std::string_view code = answer.code;
  constexpr std::string_view kEnding = "Exception";
  if (code.ends_with(kEnding)) {
    code.remove_suffix(kEnding.size());
  }
  const auto said = fmt::format("{}{}{}", answer.code.empty() ? "" : ": ", escape_for_log(answer.code, 80),
                                answer.message.empty() ? "" : ": " + answer.message);
  if (code.empty()) {
    return {Error::Kind::kUnavailable, fmt::format("Http{}", answer.status),
            fmt::format("Roles Anywhere answered {}{}", answer.status, said)};
  }
  return {Error::Kind::kDenied, escape_for_log(code, 80),
          fmt::format("Roles Anywhere refuses{}{}", said, advice_for(answer.message))};
}

/// `{"credentialSet": [{"credentials": {.., "expiration": "2026-11-20T23:37:24Z"}}]}`
Result<aws::Credentials> credentials_in(const nlohmann::json& body) {
  const nlohmann::json::json_pointer place("/credentialSet/0/credentials");
  const auto found = body.contains(place) ? body.at(place) : nlohmann::json();
  auto keys = aws::json_keys(found);
  keys.expiration = parse_iso8601(aws::json_text(found, "expiration"));
  if (!are_complete(keys) || !keys.expiration) {
    return Error{Error::Kind::kUnavailable, "BadAnswer", "Roles Anywhere answered without complete credentials"};
  }
  return keys;
}

}  // namespace

RolesAnywhereSource::RolesAnywhereSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)),
      settings_(std::move(settings)),
      correction_(surroundings_.clock, surroundings_.log, "Roles Anywhere's") {}

Result<aws::Credentials> RolesAnywhereSource::get(Freshness) {
  const auto who = identity();
  if (!who) {
    return who.error();
  }
  if (auto checked = check(*who); !checked) {
    return checked.error();
  }
  auto answer = create_session(*who);
  if (answer && answer->status / 100 != 2 && correction_.learn(answer->skew)) {
    answer = create_session(*who);
  }
  if (!answer) {
    return answer.error();
  }
  if (answer->status / 100 != 2) {
    return refusal(*answer);
  }
  auto credentials = credentials_in(answer->body);
  if (credentials) {
    const auto role = aws::parse_arn(settings_.role_arn);
    credentials->obtained = answer->received;
    credentials->role_arn = settings_.role_arn;
    credentials->account_id = role ? role->account : "";
  }
  return credentials;
}

Result<RolesAnywhereSource::Identity> RolesAnywhereSource::identity() {
  auto key = read_key();
  if (!key) {
    return key.error();
  }
  auto chain = read_certificates(settings_.certificate);
  if (!chain) {
    return chain.error();
  }
  if (!settings_.chain.empty()) {
    const auto more = read_certificates(settings_.chain);
    if (!more) {
      return more.error();
    }
    chain->insert(chain->end(), more->begin(), more->end());
  }
  auto leaf = chain->front();
  // A chain's file often begins with the certificate itself.
  std::erase(*chain, leaf);
  return Identity{*std::move(key), std::move(leaf), *std::move(chain)};
}

Result<PrivateKey> RolesAnywhereSource::read_key() {
  const auto& path = settings_.private_key;
  auto pem = read_file(path);
  if (!pem) {
    return pem.error();
  }
  if ((file_mode(path) & (S_IRGRP | S_IROTH)) != 0 && !told_of_mode_.exchange(true)) {
    surroundings_.log.warn("{}: others may read this private key; type: chmod 600 {}", escape_for_log(path),
                           escape_for_log(path));
  }
  auto key = PrivateKey::from_pem(*pem, path);
  wipe(*pem);
  return key;
}

Result<void> RolesAnywhereSource::check(const Identity& identity) const {
  const auto& [key, certificate, chain] = identity;
  const auto now = correction_.now();
  if (!key.belongs_to(certificate)) {
    return Error{Error::Kind::kInvalid, "KeyMismatch",
                 fmt::format("{} is not the private key of the certificate in {} (its first one): name the two that "
                             "belong together",
                             settings_.private_key, settings_.certificate)};
  }
  if (certificate.not_after < now) {
    return Error{Error::Kind::kActionNeeded, "CertificateEnded",
                 fmt::format("the certificate in {} ended at {}: put a newer one there", settings_.certificate,
                             format_iso8601(certificate.not_after))};
  }
  if (certificate.not_before > now) {
    return Error{Error::Kind::kUnavailable, "CertificateNotYetValid",
                 fmt::format("the certificate in {} is valid from {} on, and here it is {}: is this clock right?",
                             settings_.certificate, format_iso8601(certificate.not_before), format_iso8601(now))};
  }
  return {};
}

Result<JsonAnswer> RolesAnywhereSource::create_session(const Identity& identity) const {
  const auto& region = settings_.region;
  const auto host = fmt::format("{}.{}.{}", kService, region, aws::partition_of_region(region).dns_suffix);
  const auto endpoint = service_url(surroundings_, "ROLESANYWHERE", host);
  if (!endpoint) {
    return endpoint.error();
  }
  const auto target = fmt::format("{}?profileArn={}&roleArn={}&trustAnchorArn={}", target_below(*endpoint, "/sessions"),
                                  percent_encode(settings_.profile_arn), percent_encode(settings_.role_arn),
                                  percent_encode(settings_.trust_anchor_arn));
  auto body = nlohmann::json::object();
  if (settings_.duration) {
    body["durationSeconds"] = settings_.duration->count();
  }
  if (!settings_.session_name.empty()) {
    body["roleSessionName"] = settings_.session_name;
  }
  return call_json(surroundings_, "Roles Anywhere", *endpoint, [&] {
    auto request = json_post(target, body);
    request.headers.add("Host", endpoint->authority());
    aws::sign_request_x509(request, identity.key, identity.certificate, identity.chain, region, kService,
                           correction_.now());
    return request;
  });
}

}  // namespace understudy::source
