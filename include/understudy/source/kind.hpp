#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/sts.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/command.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/node.hpp"
#include "understudy/source/mfa_desk.hpp"
#include "understudy/source/renewals.hpp"
#include "understudy/source/retry.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// STS as a source calls it: signed, with retries, skew correction and the endpoint already chosen. Thread-safe.
class Sts {
 public:
  virtual ~Sts() = default;
  /// Blocks. `credentials` is nullptr for calls that need no signature. `played` is the
  /// profile of the shared config files that the call is for; it says where STS is as far as neither configuration nor
  /// environment do. nullptr: the chosen one (AWS_PROFILE).
  /// On success `credentials.obtained` is set. Errors as aws::parse_error gives them, and those of HttpClient.
  virtual Result<aws::StsAnswer> call(const aws::StsCall& call, const aws::Credentials* credentials,
                                      const aws::ProfileStsSettings* played) = 0;
};

/// What any source may use. Everything outlives every source.
struct Surroundings {
  Sts& sts;
  HttpClient& http;
  CommandRunner& commands;
  const Retry& retry;  ///< For calls over `http`; `sts` has its own.
  MfaDesk& mfa;
  Renewals& renewals;  ///< One for the program: of what several roles live on.
  const Clock& clock;
  Log& log;
  const Environment& environment;
  Jitter jitter;
  std::string region;                 ///< May be empty.
  std::string via;                    ///< This process's mark, for ask_upstream.
  std::string role{};                 ///< The key of the role whose source is built.
  std::string ca_bundle{};            ///< Of the profile that is played, for call_json; empty: as `http` has it.
  aws::ProfileEndpoints endpoints{};  ///< Of that profile, for service_url.
};

/// What a person logs in to, so that there are credentials: one of a profile, an `sso-session` of the shared config
/// file, and a place in IAM Identity Center.
struct LogIn {
  std::string profile{};
  std::string session{};
  std::string start_url{};
  std::string region{};
  bool operator==(const LogIn&) const = default;
};

/// What a role's entry in the configuration asks for: the read form of one way of getting credentials.
class Blueprint {
 public:
  virtual ~Blueprint() = default;

  /// `base` is the role named by `source:`, already cached; nullptr where none is named.
  [[nodiscard]] virtual std::unique_ptr<Source> build(const Surroundings& surroundings, Source* base) const = 0;

  /// The IAM role's ARN where the entry tells it, else empty.
  [[nodiscard]] virtual std::string role_arn() const { return {}; }
  /// For people: `assume role arn:aws:iam::111122223333:role/app`. No secret in it.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Adds what a fetch would fail by as the files and the environment are now. Reads files, asks nobody.
  virtual void look_ahead(const Environment& /*environment*/, std::vector<Problem>& /*problems*/) const {}
  /// The profile of the shared config files that the entry plays; empty: none.
  [[nodiscard]] virtual std::string profile() const { return {}; }
  /// nullopt where no log-in is known to be needed, for this role by itself.
  [[nodiscard]] virtual std::optional<LogIn> log_in() const { return std::nullopt; }
  /// Whether `source:` has to be, may be, or must not be given.
  enum class NeedsBase { kNo, kOptional, kRequired };
  [[nodiscard]] virtual NeedsBase needs_base() const { return NeedsBase::kNo; }
  /// True where the entry itself tells that its keys have no session token: sources can start from them, a metadata
  /// endpoint can not serve them.
  [[nodiscard]] virtual bool has_permanent_keys() const { return false; }
};

/// What a role's entry says beside the way itself: `{assume_role: .., source: .., duration: .., session_name: ..}`.
struct RoleEntry {
  std::string key;    ///< `app`
  const Node& value;  ///< What stands behind the way's name: `arn:aws:..` or a map.
  Fields& fields;     ///< The entry, for what stands beside the short form.
};

/// One way of getting credentials, as the configuration names it. Adding a way is one file with its Kind, and one line
/// in `kinds()`.
struct Kind {
  std::string_view name;  ///< The key in the entry: `assume_role`.
  /// Reads the entry; whatever is wrong goes to `problems`, and then the result may be null.
  std::unique_ptr<Blueprint> (*read)(const RoleEntry& entry, std::vector<Problem>& problems);
};

/// Every way there is, in the order in which help lists them.
[[nodiscard]] const std::vector<Kind>& kinds();

}  // namespace understudy::source
