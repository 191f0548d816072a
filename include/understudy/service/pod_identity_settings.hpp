#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/base/url.hpp"
#include "understudy/service/tls_settings.hpp"

namespace understudy::service {

/// One entry of `pod_identity.associations`: which role the pods of a service account play.
struct PodIdentityAssociation {
  std::string name_space;  ///< `default`
  std::string account;     ///< The service account's name.
  std::string role;        ///< A role's key.

  bool operator==(const PodIdentityAssociation&) const = default;
};

/// What the configuration says of EKS Pod Identity.
struct PodIdentitySettings {
  std::vector<PodIdentityAssociation> associations;  ///< In the file's order; no service account twice.
  bool host_check = true;                            ///< Only requests for the agent's two addresses.
  std::string audience = "pods.eks.amazonaws.com";   ///< What tokens have to be for.
  std::string jwks_file;             ///< The keys that tokens are verified with; empty: not from a file.
  std::optional<Url> jwks_url;       ///< The same from an address; never beside jwks_file.
  std::optional<TlsSettings> tls{};  ///< Of listen.pod_identity; absent: it speaks plain HTTP.

  [[nodiscard]] bool verifies_signatures() const { return !jwks_file.empty() || jwks_url; }
  bool operator==(const PodIdentitySettings&) const = default;
};

/// Reads the map behind `pod_identity`:
///
///     pod_identity:
///       associations:
///         - {namespace: default, service_account: app, role: app}
///       host_check: true
///       audience: pods.eks.amazonaws.com
///       jwks_file: /etc/understudy/keys/jwks.json        # or jwks_url: https://..
///       tls: {ca: /var/lib/understudy/ca}                # service/tls_settings.hpp
///
/// A `jwks_url` is https, or http to a loopback address. Whether the roles exist is for the caller to check.
[[nodiscard]] PodIdentitySettings read_pod_identity_settings(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::service
