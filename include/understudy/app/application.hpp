#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/http/open_socket.hpp"
#include "understudy/http/server.hpp"
#include "understudy/service/config_record.hpp"
#include "understudy/service/embedded_sts.hpp"
#include "understudy/source/cached_role.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/mfa_desk.hpp"

namespace understudy::app {

/// What the person who starts the program says of MFA codes.
struct MfaWays {
  std::string token{};         ///< `--mfa-token`, six digits: for the first role that asks. Empty: none.
  source::MfaDesk::Ask ask{};  ///< Asks that person; blocks.
};

/// The whole of what a configuration describes, built and joined: roles with their sources, endpoints, listeners.
///
/// Thread-safety: one thread at a time, but for what `sts` and `role` give. REQUIRES: what `build` receives outlives
/// it.
class Application {
 public:
  /// Reads or makes the files that endpoints need (authorization tokens, the embedded STS's seal key, the folder of
  /// identity keys, which themselves are made at their first use); fetches and opens nothing yet. Errors: those files',
  /// and what the configuration's own checks can not see.
  ///
  /// `before` is the one in whose place this is to serve; what clients have of it stays good (Heirlooms). Then whom
  /// `mfa` asks stays, too.
  static Result<std::unique_ptr<Application>> build(const config::Config& config, const Environment& environment,
                                                    const Clock& clock, Log& log, MfaWays mfa = {},
                                                    const Application* before = nullptr);
  ~Application();

  /// Fetches what the listeners serve, at most 5 s, and asks a container engine who runs, at most 2 s, then opens them
  /// all, or copies the socket of its name where
  /// `sockets` has one. A role that can not be had yet does not hinder the start. The configuration's events count
  /// from when the listeners are open. Gives the real addresses. Errors: http::Server::start's.
  Result<std::vector<http::BoundAddress>> start(const std::vector<http::OpenSocket>& sockets = {});

  /// Serves in place of `before`, on its listeners as far as they stay where they are (Front::open). Roles that are got
  /// as there begin with its credentials; the others are fetched first, as by start. What is played goes on where the
  /// events are the same: over roles that are, and over an instance that is. `before` answers no request that comes
  /// afterwards; it is then to be stopped. Errors: http::Server::start's; then `before` serves on. REQUIRES: built with
  /// this `before`, which was started.
  Result<std::vector<http::BoundAddress>> take_over(Application& before);

  /// http::Server::responds. REQUIRES: started. From any thread.
  [[nodiscard]] bool responds(std::chrono::milliseconds within);

  /// TlsParts::renew, for who connects from now on. To be called now and then. REQUIRES: started.
  void renew_certificates();

  /// Breaks off the calls to upstreams, and every later one, so that a `start` under way comes to its end. From any
  /// thread.
  void give_up();

  /// Answers what is under way for at most `drain`, breaks off calls to upstreams, and ends every thread. Idempotent.
  void stop(std::chrono::milliseconds drain);

  /// nullptr where the configuration has no such role.
  [[nodiscard]] source::CachedRole* role(std::string_view key);
  /// Where codes are left for roles. Whoever leaves one there calls retry_waiting.
  [[nodiscard]] source::MfaDesk& mfa();
  void retry_waiting();
  /// How it goes with the configuration; it is passed on. Says first that it was read when the first one was built.
  [[nodiscard]] service::ConfigRecord& record();
  /// nullptr where STS is not embedded.
  [[nodiscard]] service::EmbeddedSts* sts();
  /// The STS that the configuration names, to call.
  [[nodiscard]] source::Sts& sts_client();
  /// What its sources use. Lives as long as this object; what waits or calls there is broken off by give_up.
  [[nodiscard]] source::Surroundings surroundings();

 private:
  class Impl;
  explicit Application(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// What a listener serves credentials of: the keys to prefetch, each once, in the configuration's order.
[[nodiscard]] std::vector<std::string> served_roles(const config::Config& config);

}  // namespace understudy::app
