#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/keys.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/result.hpp"
#include "understudy/service/tls_settings.hpp"

namespace understudy::service {

/// What a listener at that address proves itself with: the pair that the settings name, or a new certificate by their
/// authority. That one has the settings' names, then the address; for a loopback address and one that stands for every
/// interface, also `localhost`, `127.0.0.1` and `::1`.
///
/// Does input and output. Errors, of which each message names the file and what to do: those of read_file,
/// certificates_in, PrivateKey::from_pem and read_authority; and kInvalid with `WrongPrivateKey` (it is another
/// certificate's), `NotYetValid`, `CertificateEnded`, `NoNames` (no host in the certificate's subjectAltName, and
/// clients look nowhere else; or none to make one for), `NameNotPermitted` (by the authority's constraints).
Result<TlsIdentity> server_certificate(const TlsSettings& settings, const ListenAddress& address, WallTime now);

/// What is to be said of a certificate that serves all the same: it, or one that it hangs on, ends within 30 days; its
/// authority's key is open to others.
[[nodiscard]] std::vector<std::string> doubts_about(const TlsIdentity& identity, const TlsSettings& settings,
                                                    WallTime now);

}  // namespace understudy::service
