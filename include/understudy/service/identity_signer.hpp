#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/identity_keys.hpp"

namespace understudy::service {

/// Signs identity documents on a thread of its own, which is made when a signature is wanted and ends when all are
/// there: keys take too long for a thread that answers requests. The keys are got at the first use, for as long as this
/// object lives, and each document's signatures are made once. It holds the signatures of the kMostDocuments that it
/// signed last.
///
/// Where keys can not be had, the log says why, and they are tried again by who asks kRetry later or more.
///
/// Thread-safety: all of it, but `stop` and the destructor are for one thread. REQUIRES: clock and log outlive it.
class IdentitySigner {
 public:
  /// Gets or makes the keys; blocks. An Error, or an exception, means that there are none.
  using KeySource = std::function<Result<IdentityKeys>()>;
  static constexpr std::chrono::seconds kRetry{15};
  static constexpr std::size_t kMostDocuments = 16;

  IdentitySigner(KeySource source, const Clock& clock, Log& log);
  IdentitySigner(const IdentitySigner&) = delete;
  IdentitySigner& operator=(const IdentitySigner&) = delete;
  ~IdentitySigner() { stop(); }

  /// nullptr as long as there are none.
  [[nodiscard]] std::shared_ptr<const IdentitySignatures> find(std::string_view document) const;

  /// Has the document signed, and wakes once that is done or has failed. REQUIRES: this outlives what it returns.
  [[nodiscard]] std::shared_ptr<Deferred> until_signed(std::string_view document);

  /// Ends what is wanted already, and begins nothing more: who asks then is woken at once. Idempotent.
  void stop();

 private:
  class Wanted;
  using Wakes = std::vector<std::function<void()>>;

  void sign(const std::string& document, std::function<void()> wake);
  void work();
  [[nodiscard]] std::shared_ptr<const IdentitySignatures> held(std::string_view document) const;
  [[nodiscard]] std::shared_ptr<const IdentitySignatures> signatures_of(const std::string& document);
  void load_keys();

  const KeySource source_;
  const Clock& clock_;
  Log& log_;
  std::optional<IdentityKeys> keys_;  ///< The thread's own.

  mutable std::mutex mutex_;  ///< Guards what follows; never held while keys are got or used.
  struct Signed {
    std::string document;
    std::shared_ptr<const IdentitySignatures> signatures;
  };
  std::deque<Signed> signed_;  ///< The newest at the end.
  std::map<std::string, Wakes> wanted_;
  std::optional<BootTime> failed_at_;
  std::thread thread_;
  bool working_ = false;
  bool stopping_ = false;
};

}  // namespace understudy::service
