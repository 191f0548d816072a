#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/keys.hpp"
#include "understudy/source/clock_correction.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// A role of IAM Roles Anywhere: CreateSession, signed with the key of a certificate that the trust anchor's authority
/// has issued (IAM Roles Anywhere User Guide, "CreateSession API"), at `https://rolesanywhere.{region}.amazonaws.com`
/// (AWS_ENDPOINT_URL_ROLESANYWHERE, AWS_ENDPOINT_URL).
///
/// The files are read anew at each `get`, so that renewed certificates count from the next one on. A private key that
/// others may read is told of once, as a warning. A refusal whose `Date` tells that our clock is wrong is answered by
/// one more request, signed with the corrected time, and so are all later ones; whatever its code, for the
/// service says `AccessDenied` of nearly everything.
///
/// Errors: those of read_file, certificates_in and PrivateKey::from_pem; kInvalid `KeyMismatch` (the key is not the
/// certificate's); kActionNeeded `CertificateEnded`; kUnavailable `CertificateNotYetValid`; kDenied for what the
/// service refuses, with its code less `Exception` (`AccessDenied`); kUnavailable `BadAnswer` and `Http404`, and so on,
/// for an answer that is none of the service's; those of call_json and service_url. Thread-safe.
class RolesAnywhereSource final : public Source {
 public:
  struct Settings {
    std::string trust_anchor_arn;  ///< `arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/0b1c..`
    std::string profile_arn;       ///< `arn:aws:rolesanywhere:eu-west-1:111122223333:profile/5a7d..`
    std::string role_arn;
    std::string certificate;  ///< A path: the certificate first, then, if wanted, those between it and the authority.
    std::string private_key;  ///< A path.
    std::string chain;        ///< A path: further certificates for the chain; empty: none.
    std::optional<std::chrono::seconds> duration;  ///< Absent: the profile decides.
    std::string session_name;                      ///< Empty: the service takes the certificate's serial number.
    std::string region;                            ///< Not empty.
    bool operator==(const Settings&) const = default;
  };
  /// REQUIRES: what `surroundings` names outlives it.
  RolesAnywhereSource(Surroundings surroundings, Settings settings);

  Result<aws::Credentials> get(Freshness freshness) override;

 private:
  struct Identity {
    PrivateKey key;
    Certificate certificate;
    std::vector<Certificate> chain;
  };

  [[nodiscard]] Result<Identity> identity();
  [[nodiscard]] Result<PrivateKey> read_key();
  [[nodiscard]] Result<void> check(const Identity& identity) const;
  [[nodiscard]] Result<JsonAnswer> create_session(const Identity& identity) const;

  Surroundings surroundings_;
  Settings settings_;
  ClockCorrection correction_;
  std::atomic<bool> told_of_mode_ = false;
};

/// `roles_anywhere: {trust_anchor_arn: .., profile_arn: .., role_arn: .., certificate: c.pem, private_key: k.pem}`, and
/// `chain`, `duration`, `session_name`, `region`.
[[nodiscard]] Kind roles_anywhere_kind();

}  // namespace understudy::source
