#include "understudy/source/cached_role.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/refresh_policy.hpp"

namespace understudy::source {
namespace {

constexpr std::size_t kMostWaiting = 16384;

bool same_keys(const aws::Credentials& left, const aws::Credentials& right) {
  return left.access_key_id == right.access_key_id && left.secret_access_key == right.secret_access_key &&
         left.session_token == right.session_token;
}

/// What a source must not hand out, whatever it is.
std::optional<Error> fault_of(const aws::Credentials& credentials) {
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return Error{Error::Kind::kUnavailable, "BadCredentials", "the credentials that were fetched are empty"};
  }
  if (credentials.expiration && credentials.has_ended(credentials.obtained)) {
    return Error{Error::Kind::kUnavailable, "CredentialsEnded",
                 "the credentials that were fetched ended at " + format_iso8601(*credentials.expiration)};
  }
  const bool fits = is_visible(credentials.access_key_id) && is_visible(credentials.secret_access_key.reveal()) &&
                    (!credentials.session_token || is_visible(credentials.session_token->reveal()));
  if (!fits) {
    return Error{Error::Kind::kInvalid, "BadCredentials",
                 "the key id, the secret or the token has a space, a line's end or another character that none can "
                 "have: write them anew where they stand"};
  }
  return std::nullopt;
}

}  // namespace

Error not_temporary() {
  return {Error::Kind::kInvalid, "NotTemporary",
          "these keys have no session token, without which a metadata endpoint can not serve them: add it, or serve a "
          "role that starts from them (assume_role or session_token with this one as its source, or --role-arn ARN)"};
}

CachedRole::CachedRole(Settings settings, const Clock& clock, Log& log, Jitter jitter)
    : settings_(std::move(settings)),
      clock_(clock),
      log_(log),
      jitter_(std::move(jitter)),
      state_(std::make_shared<const RoleState>()) {}

std::shared_ptr<const RoleState> CachedRole::state() const { return std::atomic_load(&state_); }

void CachedRole::on_settled(std::function<void()> wake) {
  {
    const std::scoped_lock lock(mutex_);
    if (state()->is_cold()) {
      if (waiting_.size() == kMostWaiting) {
        // Who has waited longest has given up long ago, and nobody takes its wake back.
        waiting_.erase(waiting_.begin(), waiting_.begin() + kMostWaiting / 2);
      }
      waiting_.push_back(std::exchange(wake, nullptr));
    }
  }
  if (wake) {
    wake();
  } else {
    settings_.start(*this);
  }
}

Result<aws::Credentials> CachedRole::get(Freshness freshness) {
  std::unique_lock lock(mutex_);
  const auto now = clock_.boot();
  if (freshness == Freshness::kFresh) {
    return fly(lock, freshness);
  }
  if (!held_ || !is_good(now)) {
    return error_ && !is_due(now) && !flight_ ? Result<aws::Credentials>(*error_) : fly(lock, freshness);
  }
  const bool in_last_minute = ends_ && *ends_ - now < kMandatoryWindow;
  if (!is_due(now) || (flight_ && !in_last_minute)) {
    return *held_;
  }
  auto outcome = fly(lock, freshness);
  return !outcome && held_ && is_good(clock_.boot()) ? *held_ : outcome;
}

void CachedRole::refresh() {
  std::unique_lock lock(mutex_);
  drop_ended(clock_.boot());
  static_cast<void>(fly(lock, Freshness::kCached));
}

void CachedRole::refresh_if_due() {
  std::unique_lock lock(mutex_);
  const auto now = clock_.boot();
  drop_ended(now);
  if (is_due(now)) {
    static_cast<void>(fly(lock, Freshness::kCached));
  }
}

void CachedRole::forget_failure() {
  const std::scoped_lock lock(mutex_);
  if (error_) {
    next_try_ = BootTime{};
  }
}

void CachedRole::continue_from(const CachedRole& before) {
  const std::scoped_lock lock(mutex_, before.mutex_);
  if (!before.held_ || before.generation_ <= generation_) {
    return;
  }
  held_ = before.held_;
  told_arn_ = before.told_arn_;
  documents_ = before.documents_;
  got_at_ = before.got_at_;
  ends_ = before.ends_;
  end_is_assumed_ = before.end_is_assumed_;
  told_of_assumed_end_ = before.told_of_assumed_end_;
  error_ = before.error_;
  generation_ = before.generation_;
  barren_ = before.barren_;
  next_try_ = before.next_try_;
  clock_offset_ = before.clock_offset_;
  publish();
}

BootTime CachedRole::due_at() const {
  const std::scoped_lock lock(mutex_);
  return is_due(clock_.boot()) ? BootTime{} : next_try_;
}

/// Returns with `lock` held again.
Result<aws::Credentials> CachedRole::fly(std::unique_lock<std::mutex>& lock, Freshness freshness) {
  if (const auto flight = flight_) {
    if (flight->runner == std::this_thread::get_id()) {
      return Error{Error::Kind::kInvalid, "RoleLoop", "role " + settings_.key + " is its own source"};
    }
    const auto& landed = flight->outcome;
    while (!landed) {
      flight->landed.wait(lock);
    }
    return *landed;
  }
  const auto flight = flight_ = std::make_shared<Flight>();
  flight->runner = std::this_thread::get_id();
  lock.unlock();
  auto outcome = fetch(freshness);
  flights_.add(outcome);
  lock.lock();
  end_is_assumed_ = outcome && assume_end(*outcome);
  settle(outcome);
  flight->outcome = outcome;
  flight_.reset();
  const auto waiting = std::exchange(waiting_, {});
  lock.unlock();
  flight->landed.notify_all();
  for (const auto& wake : waiting) {
    wake();
  }
  lock.lock();
  return outcome;
}

Result<aws::Credentials> CachedRole::fetch(Freshness freshness) {
  try {
    auto outcome = settings_.source->get(freshness);
    if (!outcome) {
      return outcome;
    }
    if (outcome->obtained == WallTime{}) {
      outcome->obtained = clock_.wall();
    }
    if (auto fault = fault_of(*outcome)) {
      return *std::move(fault);
    }
    return outcome;
  } catch (const std::exception& bug) {
    log_.error("role {}: a fault of this program: {}", settings_.key, escape_for_log(bug.what()));
    return Error{Error::Kind::kUnavailable, "InternalError", "a fault of this program; its log says which"};
  }
}

/// False where the credentials tell their end, or have none.
bool CachedRole::assume_end(aws::Credentials& credentials) {
  if (!credentials.session_token || credentials.expiration) {
    return false;
  }
  credentials.expiration = credentials.obtained + kAssumedLife;
  if (!std::exchange(told_of_assumed_end_, true)) {
    log_.warn(
        "role {}: credentials {} do not say when they end; clients are told {} after each reading, and AWS may refuse "
        "them sooner (AWS_CREDENTIAL_EXPIRATION or the configuration's expiration says it)",
        settings_.key, masked_key_id(credentials),
        format_duration(std::chrono::duration_cast<std::chrono::seconds>(kAssumedLife)));
  }
  return true;
}

void CachedRole::settle(const Result<aws::Credentials>& outcome) {
  const auto now = clock_.boot();
  clock_offset_ = clock_offset(clock_);
  outcome ? settle_success(*outcome, now) : settle_failure(outcome.error(), now);
  publish();
}

void CachedRole::settle_success(const aws::Credentials& credentials, BootTime now) {
  const bool are_known = held_ && same_keys(*held_, credentials);
  const bool is_news = !are_known || held_->expiration != credentials.expiration;
  barren_ = is_news ? 0 : barren_ + 1;
  error_.reset();
  if (is_news) {
    held_ = credentials;
    got_at_ = now;
    told_arn_ = credentials.role_arn;
    documents_ = credentials.is_temporary() ? aws::render_documents(credentials) : aws::CredentialDocuments{};
    ++generation_;
    log_.write(are_known ? LogLevel::kDebug : LogLevel::kInfo,
               fmt::format("role {}: credentials {} {}{}", settings_.key, masked_key_id(credentials),
                           credentials.expiration ? "until " : "without an end",
                           credentials.expiration ? format_iso8601(*credentials.expiration) : ""));
  }
  if (!credentials.expiration) {
    ends_.reset();
    next_try_ = now + kUntoldEndKeep;
    return;
  }
  ends_ = now + (*credentials.expiration - credentials.obtained);
  next_try_ = refresh_at(now, *ends_, barren_, jitter_());
  if (end_is_assumed_) {
    next_try_ = std::min(next_try_, now + kUntoldEndKeep);
  }
}

void CachedRole::settle_failure(const Error& error, BootTime now) {
  ++barren_;
  drop_ended(now);
  // Keys without an end have no quarter of what is left; they keep as if nothing were there to serve.
  next_try_ =
      is_good(now) && ends_ ? retry_at(now, *ends_, barren_, jitter_()) : cold_retry_at(now, error, barren_, jitter_());
  log_failure(error, now);
  error_ = error;
}

void CachedRole::drop_ended(BootTime now) {
  if (!held_ || is_good(now)) {
    return;
  }
  log_.warn("role {}: credentials {} have ended and there are no newer ones", settings_.key, masked_key_id(*held_));
  if (!error_) {
    error_ = Error{Error::Kind::kUnavailable, "CredentialsEnded", "the credentials have ended; newer ones are awaited"};
  }
  held_.reset();
  documents_ = {};
  ends_.reset();
  publish();
}

bool CachedRole::is_good(BootTime now) const { return held_ && (!ends_ || now < *ends_); }

bool CachedRole::is_due(BootTime now) const {
  return now >= next_try_ || clock_was_set(clock_offset_, clock_offset(clock_));
}

void CachedRole::publish() {
  auto state = std::make_shared<RoleState>();
  state->generation = generation_;
  state->role_arn = told_arn_;
  state->error = error_;
  if (held_ && held_->is_temporary()) {
    state->credentials = held_;
    state->documents = documents_;
    state->got_at = got_at_;
    state->ends = ends_;
  } else if (held_ && !error_) {
    state->error = not_temporary();
  }
  std::atomic_store(&state_, std::shared_ptr<const RoleState>(std::move(state)));
}

void CachedRole::log_failure(const Error& error, BootTime now) {
  // An error that stays is a line for the operator once, and then detail.
  const auto level = error_ == error ? LogLevel::kDebug : LogLevel::kWarning;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(next_try_ - now);
  log_.write(level, fmt::format("role {}: {}: {}; next try in {}{}", settings_.key, escape_for_log(error.code),
                                escape_for_log(error.message, 1024), format_duration(wait),
                                held_ ? ", the credentials that are there stay in use" : ""));
}

}  // namespace understudy::source
