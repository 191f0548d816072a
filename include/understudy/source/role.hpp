#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/credential_documents.hpp"
#include "understudy/aws/credentials.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

namespace understudy::source {

/// What is known of a role at one moment. Immutable once published: a reader holds one generation, never a mix.
struct RoleState {
  std::optional<aws::Credentials> credentials;  ///< The newest that were got; they may have ended meanwhile.
  aws::CredentialDocuments documents;           ///< Their bodies; set exactly where `credentials` are.
  std::optional<Error> error;                   ///< Why the last attempt failed; absent after a success.
  std::uint64_t generation = 0;                 ///< Counts successful fetches; 0: none yet.
  /// The IAM role's ARN as the last successful fetch told it, which stays when its credentials end. Empty: before the
  /// first one, and where the way they are got does not tell (keys of a file, IAM Identity Center, an instance's).
  std::string role_arn;
  /// When `credentials` were got, and when they end, reckoned from the life that they had then: setting the wall clock
  /// moves neither. Absent: they do not end.
  BootTime got_at{};
  std::optional<BootTime> ends;
  bool is_shown_ended = false;  ///< Endpoints serve them although they have ended: that is being played.

  /// Cold: nobody has tried yet, or the first try is under way.
  [[nodiscard]] bool is_cold() const { return !credentials && !error; }
};

/// A role as an endpoint sees it. Thread-safe; nothing here blocks or does input or output.
class Role {
 public:
  virtual ~Role() = default;

  /// The key in the configuration.
  [[nodiscard]] virtual std::string_view key() const = 0;
  /// The IAM role's ARN where it is known before the first fetch, else empty.
  [[nodiscard]] virtual std::string_view arn() const = 0;

  /// Never null; one atomic load.
  [[nodiscard]] virtual std::shared_ptr<const RoleState> state() const = 0;

  /// Sees to it that a cold role is being fetched, and calls `wake` once it is cold no more (at once where it is not).
  virtual void on_settled(std::function<void()> wake) = 0;
};

/// The roles there are. Thread-safe.
class Roles {
 public:
  virtual ~Roles() = default;
  /// nullptr where the configuration has no such role. The role lives as long as this object.
  [[nodiscard]] virtual Role* find(std::string_view key) = 0;
  /// Every role, by its key.
  [[nodiscard]] virtual std::vector<Role*> all() = 0;

  /// Has new credentials fetched in the background whatever is held. False where there is no such role.
  virtual bool refresh_now(std::string_view key) = 0;
  /// A person has acted: roles that wait for that (kActionNeeded, or a refused MFA code), and those that start from
  /// them, are due again: those that are kept fresh at once, in the background, others when they are asked for.
  virtual void retry_waiting() = 0;
};

}  // namespace understudy::source
