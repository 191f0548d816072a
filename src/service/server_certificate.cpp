#include "understudy/service/server_certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/authority.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/own_address.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/authority_folder.hpp"

namespace understudy::service {
namespace {

constexpr std::chrono::hours kSoon{24 * 30};

Error invalid(std::string_view code, std::string message) {
  return {Error::Kind::kInvalid, std::string(code), std::move(message)};
}

Result<void> check_time(const std::string& place, WallTime not_before, WallTime not_after, WallTime now) {
  if (now < not_before) {
    return invalid("NotYetValid", fmt::format("{} holds a certificate that is good from {} on, and it is {}: is this "
                                              "machine's clock right?",
                                              place, format_iso8601(not_before), format_iso8601(now)));
  }
  if (now >= not_after) {
    return invalid("CertificateEnded", fmt::format("{} holds a certificate that ended at {}: put a new one there",
                                                   place, format_iso8601(not_after)));
  }
  return {};
}

Result<TlsIdentity> read_pair(const TlsSettings& settings, WallTime now) {
  const auto text = read_file(settings.certificate);
  if (!text) {
    return text.error();
  }
  auto chain = certificates_in(*text, settings.certificate);
  if (!chain) {
    return std::move(chain).error();
  }
  auto key_text = read_file(settings.private_key);
  if (!key_text) {
    return std::move(key_text).error();
  }
  Secret secret(*std::move(key_text));
  const auto key = PrivateKey::from_pem(secret.reveal(), settings.private_key);
  if (!key) {
    return key.error();
  }
  const auto& own = chain->front();
  if (!key->belongs_to(own)) {
    return invalid("WrongPrivateKey",
                   fmt::format("{} is not the key of the first certificate in {}: name the key that belongs to it, and "
                               "put the server's own certificate before those of authorities",
                               settings.private_key, settings.certificate));
  }
  if (auto good = check_time(settings.certificate, own.not_before, own.not_after, now); !good) {
    return good.error();
  }
  if (own.names.empty()) {
    return invalid("NoNames", fmt::format("the certificate in {} names no host in its subjectAltName, so no client "
                                          "would take it: have one made with -addext subjectAltName=DNS:understudy",
                                          settings.certificate));
  }
  return TlsIdentity{*std::move(chain), std::move(secret)};
}

std::vector<std::string> names_for(const TlsSettings& settings, const ListenAddress& address) {
  auto names = settings.names;
  const auto add = [&](std::string_view name) {
    // A Unix socket's path is none.
    if (is_tls_name(name) && std::ranges::find(names, name) == names.end()) {
      names.emplace_back(name);
    }
  };
  const auto here = address.reachable().address;
  add(std::string_view(here).substr(0, here.find('%')));
  for (const std::string_view name : {"localhost", "127.0.0.1", "::1"}) {
    if (is_loopback(here)) {
      add(name);
    }
  }
  return names;
}

Result<TlsIdentity> make_one(const TlsSettings& settings, const ListenAddress& address, WallTime now) {
  const auto authority = read_authority(settings.ca);
  if (!authority) {
    return authority.error();
  }
  // Its beginning is no matter: a new certificate begins with it, or an hour ago.
  if (auto good = check_time(settings.ca, WallTime::min(), authority->not_after(), now); !good) {
    auto error = good.error();
    error.message += fmt::format(": understudy tls-ca {} --force", settings.ca);
    return error;
  }
  const auto names = names_for(settings, address);
  if (names.empty()) {
    return invalid("NoNames", "the certificate would name nobody: say what clients call the server by, names: [..]");
  }
  const auto refused = std::ranges::find_if_not(names, [&](const auto& name) { return authority->permits(name); });
  if (refused != names.end()) {
    return invalid("NameNotPermitted",
                   fmt::format("the authority in {} may not name {}: make one that may, and give its ca.pem to the "
                               "clients: understudy tls-ca {} --force --name {}",
                               settings.ca, *refused, settings.ca, *refused));
  }
  return authority->issue(names, now);
}

std::optional<std::string> ends_soon(const TlsIdentity& identity, const TlsSettings& settings, WallTime now) {
  const auto first = std::ranges::min(identity.chain, {}, &Certificate::not_after).not_after;
  if (first - now >= kSoon) {
    return std::nullopt;
  }
  return settings.ca.empty()
             ? fmt::format(
                   "{} holds a certificate that ends at {}: put a new one there, which is taken up within seconds",
                   settings.certificate, format_iso8601(first))
             : fmt::format(
                   "the authority in {} ends at {}: make another (understudy tls-ca {} --force) and give its "
                   "ca.pem to the clients",
                   settings.ca, format_iso8601(first), settings.ca);
}

}  // namespace

Result<TlsIdentity> server_certificate(const TlsSettings& settings, const ListenAddress& address, WallTime now) {
  return settings.ca.empty() ? read_pair(settings, now) : make_one(settings, address, now);
}

std::vector<std::string> doubts_about(const TlsIdentity& identity, const TlsSettings& settings, WallTime now) {
  std::vector<std::string> out;
  const auto loose = settings.ca.empty() ? std::nullopt : loose_key_in(settings.ca);
  for (const auto& doubt : {ends_soon(identity, settings, now), loose}) {
    if (doubt) {
      out.push_back(*doubt);
    }
  }
  return out;
}

}  // namespace understudy::service
