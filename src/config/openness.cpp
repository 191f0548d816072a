#include "understudy/config/openness.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>

#include "understudy/base/own_address.hpp"
#include "understudy/base/text.hpp"

namespace understudy::config {
namespace {

using service::ContainersSettings;
using service::PodIdentitySettings;

constexpr std::string_view kClear = "sees tokens and credentials pass in the clear";

bool is_open(const ListenAddress& address) {
  return !address.is_unix() && !is_loopback(address.address) && !is_link_local(address.address);
}

/// `app`, `app and audit`, `app, audit, ci and 4 more`.
std::string list_of(const std::vector<std::string>& ids) {
  constexpr std::size_t kShown = 3;
  if (ids.size() > kShown) {
    return fmt::format("{}, {}, {} and {} more", ids[0], ids[1], ids[2], ids.size() - kShown);
  }
  return ids.size() == 1 ? ids[0] : fmt::format("{} and {}", fmt::join(ids.begin(), ids.end() - 1, ", "), ids.back());
}

/// What whoever reaches the listener does there, and what to change but where it listens; nullopt: nothing to mind.
struct Reason {
  std::string what;
  std::string_view mend;
};

std::optional<Reason> imds_reason(const Config& config) {
  if (!config.imds.is_enabled) {
    return std::nullopt;
  }
  if (config.imds.role.empty()) {
    return Reason{"reads the instance's metadata", ""};
  }
  return Reason{fmt::format("gets the credentials of {}, for IMDS gives its token to anybody", config.imds.role), ""};
}

std::optional<Reason> unsigned_reason(const std::optional<PodIdentitySettings>& pods) {
  if (!pods || pods->verifies_signatures()) {
    return std::nullopt;
  }
  return Reason{"gets the role of any association by a token of its own making, whose signature nobody looks at",
                "name the cluster's keys by jwks_file or jwks_url, "};
}

/// Pods are served there, too.
std::optional<Reason> containers_reason(const ContainersSettings& containers,
                                        const std::optional<PodIdentitySettings>& pods) {
  std::vector<std::string> open;
  for (const auto& entry : containers.credentials) {
    if (!entry.token_file) {
      open.push_back(escape_for_log(entry.id, 60));
    }
  }
  if (containers.compat) {
    return Reason{"gets any role by its name (containers.compat), but those whose entries all have a token_file",
                  "give each role an entry with a token_file, "};
  }
  if (!open.empty()) {
    return Reason{fmt::format("gets the credentials of {}, which {} for no token", list_of(open),
                              open.size() == 1 ? "asks" : "ask"),
                  "give each entry a token_file, "};
  }
  if (containers.callers) {
    return Reason{"gets the role of any caller whose address it takes or fakes (containers.callers)",
                  "give each role an entry with a token_file in place of callers, "};
  }
  if (auto reason = unsigned_reason(pods)) {
    return reason;
  }
  if (containers.has_tasks()) {
    return Reason{"reads the containers' metadata", ""};
  }
  if ((!containers.credentials.empty() || pods) && !containers.tls) {
    return Reason{std::string(kClear), "let it speak TLS (containers.tls), "};
  }
  return std::nullopt;
}

std::optional<Reason> pods_reason(const std::optional<PodIdentitySettings>& pods) {
  if (auto reason = unsigned_reason(pods)) {
    return reason;
  }
  if (pods && !pods->tls) {
    return Reason{std::string(kClear), "let it speak TLS (pod_identity.tls), "};
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> open_listeners(const Config& config) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view name, const std::optional<ListenAddress>& address,
                       const std::optional<Reason>& reason, std::string_view better) {
    if (reason && address && is_open(*address)) {
      out.push_back(
          fmt::format("listen.{}: {} is open to more than this host, and whoever reaches it {}: {}listen on "
                      "{}, or keep others off that network",
                      name, address->to_string(), reason->what, reason->mend, better));
    }
  };
  const auto& listen = config.listen;
  add("imds", listen.imds, imds_reason(config), "127.0.0.1 or 169.254.169.254");
  add("containers", listen.containers, containers_reason(config.containers, config.pod_identity),
      "127.0.0.1 or 169.254.170.2");
  add("pod_identity", listen.pod_identity, pods_reason(config.pod_identity), "169.254.170.23");
  add("sts", listen.sts,
      Reason{"gets sessions of the embedded STS, which mean nothing to AWS but much to who trusts it", ""},
      "127.0.0.1 or a link-local address");
  add("admin", listen.admin,
      Reason{"reads which roles lack credentials, and sees the operator's token pass in the clear", ""},
      "127.0.0.1 or a Unix socket");
  return out;
}

}  // namespace understudy::config
