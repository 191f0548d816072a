#include "understudy/service/role_credentials.hpp"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::service {
namespace {

class RoleSettles final : public Deferred {
 public:
  explicit RoleSettles(std::shared_ptr<source::Role> role) : role_(std::move(role)) {}
  void on_ready(std::function<void()> wake) override { role_->on_settled(std::move(wake)); }

 private:
  std::shared_ptr<source::Role> role_;
};

class RolesSettle final : public Deferred {
 public:
  explicit RolesSettle(std::vector<source::Role*> roles) : roles_(std::move(roles)) {}
  void on_ready(std::function<void()> wake) override {
    const auto left = std::make_shared<std::atomic<std::size_t>>(roles_.size() + 1);
    const auto one_less = [left, wake = std::move(wake)] {
      if (left->fetch_sub(1) == 1) {
        wake();
      }
    };
    for (auto* const role : roles_) {
      role->on_settled(one_less);
    }
    one_less();
  }

 private:
  std::vector<source::Role*> roles_;
};

/// A role that threw may wake all the same, later.
std::function<void()> only_once(std::function<void()> wake) {
  return [wake = std::move(wake), called = std::make_shared<std::atomic_flag>()] {
    if (!called->test_and_set()) {
      wake();
    }
  };
}

class ThenRoleSettles final : public Deferred, public std::enable_shared_from_this<ThenRoleSettles> {
 public:
  ThenRoleSettles(std::shared_ptr<Deferred> first, std::function<source::Role*()> find, Log& log)
      : first_(std::move(first)), find_(std::move(find)), log_(log) {}

  void on_ready(std::function<void()> wake) override {
    wake_ = only_once(std::move(wake));
    first_->on_ready([self = weak_from_this()] {
      if (const auto alive = self.lock()) {
        alive->go_on();
      }
    });
  }

 private:
  void go_on() {
    auto* const role = find_();
    if (role == nullptr) {
      wake_();
      return;
    }
    try {
      role->on_settled(wake_);
    } catch (const std::exception& problem) {
      // This is a wake itself, whose caller would end with the process.
      log_.error("role {}: can not be fetched: {}", role->key(), escape_for_log(problem.what()));
      wake_();
    }
  }

  const std::shared_ptr<Deferred> first_;
  const std::function<source::Role*()> find_;
  Log& log_;
  std::function<void()> wake_;
};

}  // namespace

Standing standing_of(const source::RoleState& state, BootTime now) {
  const auto& credentials = state.credentials;
  const bool is_shown = credentials && (state.is_shown_ended || !state.ends || now < *state.ends);
  if (is_shown && credentials->is_temporary()) {
    return Standing::kGood;
  }
  if (state.is_cold()) {
    return Standing::kCold;
  }
  return state.error && state.error->kind == Error::Kind::kDenied ? Standing::kRefused : Standing::kAbsent;
}

std::string why_absent(const source::RoleState& state) {
  const auto& credentials = state.credentials;
  const auto last_failure = state.error ? state.error->message : std::string();
  if (!credentials || !credentials->expiration) {
    return last_failure.empty()
               ? "its credentials are a user's keys, which have no session token and are not handed out; serve a role "
                 "that makes sessions of them, such as one with session_token"
               : last_failure;
  }
  return fmt::format("the last ones ended at {} and newer ones are not there{}{}",
                     format_iso8601(*credentials->expiration), last_failure.empty() ? "" : ": ", last_failure);
}

std::shared_ptr<Deferred> until_settled(source::Role& role) {
  return until_settled(std::shared_ptr<source::Role>(std::shared_ptr<void>(), &role));
}

std::shared_ptr<Deferred> until_settled(std::shared_ptr<source::Role> role) {
  return std::make_shared<RoleSettles>(std::move(role));
}

std::shared_ptr<Deferred> until_settled(std::vector<source::Role*> roles) {
  return std::make_shared<RolesSettle>(std::move(roles));
}

std::shared_ptr<Deferred> then_until_settled(std::shared_ptr<Deferred> first, std::function<source::Role*()> find,
                                             Log& log) {
  return std::make_shared<ThenRoleSettles>(std::move(first), std::move(find), log);
}

}  // namespace understudy::service
