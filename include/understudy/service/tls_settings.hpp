#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::service {

/// What `containers.tls` and `pod_identity.tls` say: what their listener proves itself with. Either the first two are
/// set, or `ca`.
struct TlsSettings {
  std::string certificate;         ///< A PEM file: the server's, then those between it and one that clients trust.
  std::string private_key;         ///< A PEM file, not encrypted; may be the same.
  std::string ca;                  ///< The folder of an authority, which a certificate is made by at each start.
  std::vector<std::string> names;  ///< With `ca`: what clients call the server by, beside the address it listens on.
  int line = 0;                    ///< Of `tls` in the file, for what is wrong with the files; as Node::line.

  bool operator==(const TlsSettings&) const = default;
};

/// Reads the map behind `tls`; nullopt where there is none:
///
///     tls: {certificate: /etc/understudy/server.pem, private_key: /etc/understudy/server.key}
///     tls: {ca: /var/lib/understudy/ca, names: [understudy]}
///
/// Whether the files are there and fit is for `server_certificate` to tell.
[[nodiscard]] std::optional<TlsSettings> read_tls_settings(Fields& fields, std::vector<Problem>& problems);

}  // namespace understudy::service
