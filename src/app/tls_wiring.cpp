#include "understudy/app/tls_wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/files.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/authority_folder.hpp"
#include "understudy/service/server_certificate.hpp"

namespace understudy::app {
namespace {

/// A listener that opens and has settings of TLS.
struct Secured {
  std::string path;  ///< `containers.tls`
  const service::TlsSettings& settings;
  const ListenAddress& address;
  std::shared_ptr<const http::TlsContext> TlsParts::* part;
};

std::vector<Secured> secured_in(const config::Config& config) {
  std::vector<Secured> out;
  if (config.containers.tls && config.listen.containers) {
    out.push_back({"containers.tls", *config.containers.tls, *config.listen.containers, &TlsParts::containers});
  }
  if (config.pod_identity && config.pod_identity->tls && config.listen.pod_identity) {
    out.push_back(
        {"pod_identity.tls", *config.pod_identity->tls, *config.listen.pod_identity, &TlsParts::pod_identity});
  }
  return out;
}

struct Made {
  std::shared_ptr<const http::TlsContext> context;
  std::vector<std::string> warnings;
};

Result<Made> make(const Secured& one, WallTime now) {
  const auto identity = service::server_certificate(one.settings, one.address, now);
  if (!identity) {
    return identity.error();
  }
  auto context = http::TlsContext::make(*identity);
  if (!context) {
    return std::move(context).error();
  }
  return Made{*std::move(context), service::doubts_about(*identity, one.settings, now)};
}

/// As `make`, and what is made is to be shown in place of `shown`; nullptr: that one stays.
Result<Made> make_anew(const Secured& one, const http::TlsContext& shown, WallTime now) {
  const auto& old = shown.chain().front();
  const bool is_made = !one.settings.ca.empty();
  const bool is_early = now < old.not_before;
  if (is_made && !is_early && old.not_after - now >= TlsParts::kRenewal) {
    return Made{};
  }
  auto made = make(one, now);
  if (!made) {
    return made;
  }
  // An authority's own end may leave no more time than there is.
  const bool stays = is_made ? !is_early && made->context->chain().front().not_after <= old.not_after
                             : made->context->chain() == shown.chain();
  if (stays) {
    made->context = nullptr;
  } else if (!std::ranges::is_permutation(made->context->names(), shown.names())) {
    return Error{Error::Kind::kInvalid, "OtherNames",
                 fmt::format("{} holds a certificate with other names now: send SIGHUP to have it shown",
                             one.settings.certificate)};
  }
  return made;
}

}  // namespace

Result<TlsParts> TlsParts::build(const config::Config& config, WallTime now, Log& log) {
  TlsParts parts;
  for (const auto& one : secured_in(config)) {
    auto made = make(one, now);
    if (!made) {
      auto error = std::move(made).error();
      error.message = fmt::format("{}: {}", one.path, error.message);
      return error;
    }
    parts.tell(one.path, made->warnings, log);
    parts.*one.part = std::move(made->context);
  }
  return parts;
}

void TlsParts::tell(const std::string& path, const std::vector<std::string>& warnings, Log& log) {
  for (const auto& each : warnings) {
    if (std::ranges::find(told_[path], each) == told_[path].end()) {
      log.warn("{}: {}", path, each);
    }
  }
  told_[path] = warnings;
}

bool TlsParts::renew(const config::Config& config, WallTime now, Log& log) {
  bool is_changed = false;
  for (const auto& one : secured_in(config)) {
    auto& shown = this->*one.part;
    auto made = make_anew(one, *shown, now);
    tell(one.path, made ? made->warnings : std::vector{made.error().message + "; the certificate of before goes on"},
         log);
    if (made && made->context) {
      shown = std::move(made->context);
      is_changed = true;
      log.info("{}: a new certificate is shown, which holds until {}", one.path,
               format_iso8601(shown->chain().front().not_after));
    }
  }
  return is_changed;
}

void check_tls(const config::Config& config, WallTime now, std::vector<Problem>& problems,
               std::vector<Problem>& warnings) {
  for (const auto& one : secured_in(config)) {
    const auto made = make(one, now);
    if (!made) {
      problems.push_back({one.path, one.settings.line, made.error().message});
      continue;
    }
    for (const auto& each : made->warnings) {
      warnings.push_back({one.path, one.settings.line, each});
    }
  }
}

std::optional<std::filesystem::path> own_authority(const config::Config& config) {
  const auto& tls = config.containers.tls;
  return tls && !tls->ca.empty() ? std::optional(service::authority_certificate_in(tls->ca)) : std::nullopt;
}

Result<Acquaintance> acquaintance_with(const config::Config& config) {
  const auto& tls = config.containers.tls;
  const auto& at = config.listen.containers;
  Acquaintance out;
  out.client.ca_bundle = own_authority(config);
  if (!tls || !at || at->is_unix()) {
    return out;
  }
  const auto address = at->reachable().address;
  if (out.client.ca_bundle) {
    out.name = address;
    return out;
  }
  const auto text = read_file(tls->certificate);
  if (!text) {
    return text.error();
  }
  const auto chain = certificates_in(*text, tls->certificate);
  if (!chain) {
    return chain.error();
  }
  out.name = http::name_among(chain->front().names, address);
  out.client.ca_bundle = tls->certificate;
  out.client.trusts_each = true;
  out.client.address = address;
  return out;
}

}  // namespace understudy::app
