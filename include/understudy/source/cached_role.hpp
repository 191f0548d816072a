#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/counter.hpp"
#include "understudy/base/log.hpp"
#include "understudy/source/role.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// What a role publishes whose keys have no session token: kInvalid, code `NotTemporary`.
[[nodiscard]] Error not_temporary();

/// A role with its credentials: what an endpoint reads (Role), and what a chained source starts from (Source).
///
/// One flight: however many ask, one `get` of the wrapped source is under way; the thread that starts it runs it, the
/// others wait for its outcome. So a chain needs no thread of its own, and no thread waits for one that does not run.
///
/// A failed refresh keeps the old credentials until they end, then they are taken away. What is published for endpoints
/// is never without a session token: such keys publish an Error kInvalid (code `NotTemporary`), while `get` returns
/// them. Ends are reckoned on the boot clock from the life at the fetch (`expiration - obtained`).
///
/// A session token without an expiration, as tools leave it in the environment or in a profile, is taken to be good for
/// kAssumedLife from each reading, which a warning says once, and is read again every kUntoldEndKeep. So clients have
/// the Expiration they need; AWS may refuse the credentials sooner.
///
/// Thread-safety: all of it. An exception of the wrapped source becomes an Error kUnavailable (code `InternalError`);
/// a key, secret or token that can not stand in a request (a space or a line's end in it) an Error kInvalid (code
/// `BadCredentials`).
class CachedRole final : public Role, public Source {
 public:
  /// Has `refresh_if_due` called on that role, soon, and on another thread.
  using Starter = std::function<void(CachedRole&)>;

  struct Settings {
    std::string key;
    std::string arn;  ///< May be empty.
    std::unique_ptr<Source> source;
    Starter start;
  };
  /// REQUIRES: `clock` and `log` outlive it; `settings.source` is not null.
  CachedRole(Settings settings, const Clock& clock, Log& log, Jitter jitter);

  [[nodiscard]] std::string_view key() const override { return settings_.key; }
  [[nodiscard]] std::string_view arn() const override { return settings_.arn; }
  [[nodiscard]] std::shared_ptr<const RoleState> state() const override;
  /// Of more than 16384 that wait those that have waited longest are let go unwoken.
  void on_settled(std::function<void()> wake) override;

  /// kCached: the held credentials, refreshed first where that is due; the error of the last attempt where it failed
  /// and the next one is neither due nor under way. kFresh: always of a flight that ends after the call. Blocks for a
  /// flight only. kInvalid (code `RoleLoop`) where the wrapped source asks for this role again.
  Result<aws::Credentials> get(Freshness freshness) override;
  std::vector<aws::Credentials> own_keys() override { return settings_.source->own_keys(); }

  /// Fetches now, whatever is held, or waits for the flight that is under way. For background threads.
  void refresh();
  /// The same, but nothing where it is not due: somebody who asked for the role in the meantime has fetched it.
  void refresh_if_due();

  /// Where the last attempt failed: the next one is due now.
  void forget_failure();

  /// Takes over what `before` holds, and when it is due, where it holds credentials and has got more of them than this
  /// one: its successor, got in the same way. May be said again.
  void continue_from(const CachedRole& before);

  /// When `refresh` makes sense next: the past where it is due. Before the first attempt: the past.
  [[nodiscard]] BootTime due_at() const;

  /// How its flights ended.
  [[nodiscard]] const OutcomeCounts& flights() const { return flights_; }

 private:
  struct Flight {
    std::thread::id runner;
    std::condition_variable landed;
    std::optional<Result<aws::Credentials>> outcome;
  };

  Result<aws::Credentials> fly(std::unique_lock<std::mutex>& lock, Freshness freshness);
  Result<aws::Credentials> fetch(Freshness freshness);
  [[nodiscard]] bool assume_end(aws::Credentials& credentials);
  void settle(const Result<aws::Credentials>& outcome);
  void settle_success(const aws::Credentials& credentials, BootTime now);
  void settle_failure(const Error& error, BootTime now);
  void drop_ended(BootTime now);
  [[nodiscard]] bool is_good(BootTime now) const;
  [[nodiscard]] bool is_due(BootTime now) const;
  void publish();
  void log_failure(const Error& error, BootTime now);

  Settings settings_;
  const Clock& clock_;
  Log& log_;
  Jitter jitter_;
  OutcomeCounts flights_;

  std::shared_ptr<const RoleState> state_;  ///< By std::atomic_load and atomic_store only.

  mutable std::mutex mutex_;  ///< Guards what follows; never held over the source's get.
  std::shared_ptr<Flight> flight_;
  std::vector<std::function<void()>> waiting_;
  std::optional<aws::Credentials> held_;
  std::string told_arn_;  ///< Of what was held last.
  aws::CredentialDocuments documents_;
  BootTime got_at_{};             ///< When `held_` was news.
  std::optional<BootTime> ends_;  ///< Of `held_`; absent: they do not end.
  bool end_is_assumed_ = false;   ///< Of what was fetched last.
  bool told_of_assumed_end_ = false;
  std::optional<Error> error_;
  std::uint64_t generation_ = 0;
  int barren_ = 0;                            ///< Attempts in a row that brought nothing newer.
  BootTime next_try_{};                       ///< The epoch before the first attempt.
  std::chrono::milliseconds clock_offset_{};  ///< At the last attempt.
};

}  // namespace understudy::source
