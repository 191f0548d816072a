#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// A role as endpoints see it, over which something may be played. Thread-safe.
class PlayedRole final : public source::Role {
 public:
  enum class Act {
    kNone,    ///< As it is.
    kDenied,  ///< As if STS refused it.
    kEnded,   ///< Its present credentials, said to have ended a minute ago: clients have to renew and can not.
  };

  /// REQUIRES: the others outlive this.
  PlayedRole(source::Role& real, const Clock& clock) : real_(real), clock_(clock) {}

  [[nodiscard]] std::string_view key() const override { return real_.key(); }
  [[nodiscard]] std::string_view arn() const override { return real_.arn(); }
  [[nodiscard]] std::shared_ptr<const source::RoleState> state() const override;
  void on_settled(std::function<void()> wake) override;

  /// False where kEnded has no credentials to show; then nothing changes.
  bool play(Act act);
  /// Plays what is played over `before`.
  void continue_from(const PlayedRole& before);
  /// `denied`, `ended`, or empty.
  [[nodiscard]] std::string_view what_is_played() const;

 private:
  source::Role& real_;
  const Clock& clock_;
  struct Played {
    Act act;
    source::RoleState state;
  };
  /// nullptr: kNone. By std::atomic_load and atomic_store only.
  std::shared_ptr<const Played> played_;
};

/// Every role there is, to be played over. Thread-safe.
class PlayedRoles final : public source::Roles {
 public:
  /// REQUIRES: the others outlive this.
  PlayedRoles(source::Roles& real, const Clock& clock);

  [[nodiscard]] PlayedRole* find(std::string_view key) override;
  [[nodiscard]] std::vector<source::Role*> all() override;
  bool refresh_now(std::string_view key) override { return real_.refresh_now(key); }
  void retry_waiting() override { real_.retry_waiting(); }

  struct Played {
    std::string role;
    std::string_view act;
  };
  /// What is played over which role.
  [[nodiscard]] std::vector<Played> played() const;

  /// PlayedRole::continue_from for the roles of these keys that both have.
  void continue_from(const PlayedRoles& before, const std::vector<std::string>& keys);
  /// Back to what is, for all.
  void clear();

 private:
  source::Roles& real_;
  std::map<std::string, PlayedRole, std::less<>> roles_;
};

}  // namespace understudy::service
