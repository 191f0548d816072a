#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/result.hpp"
#include "understudy/http/server.hpp"

namespace understudy::app {

/// A handler in whose place another can be put while it is asked. Each time that it is asked one of them answers as a
/// whole: a request that was told to wait is asked again of the one that is there then. What it waits for keeps the one
/// that said so alive. Thread-safe.
class Turnstile final : public Handler {
 public:
  explicit Turnstile(std::shared_ptr<Handler> behind) : behind_(std::move(behind)) {}

  void turn_to(std::shared_ptr<Handler> behind);
  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  std::shared_ptr<Handler> behind_;  ///< By std::atomic_load and atomic_store only.
};

/// The server, whose listeners and the handlers behind them can change while it runs.
///
/// Thread-safety: `responds` and `traffic` from any thread once `open` was called, the rest one thread at a time.
/// REQUIRES: log and clock outlive it.
class Front {
 public:
  Front(Log& log, const Clock& clock) : log_(log), clock_(clock) {}

  /// Makes `listeners` those that are open, all or none. One whose name and address are open already stays, with its
  /// connections, and speaks TLS or not, by the certificate of now, to who comes new; new ones open; then their
  /// handlers answer in place of those before, which no later request comes to; at last what is not among them closes.
  /// On connections that are left from there, the listener that is now at the address answers what was under way, else
  /// that of the same name, else nobody: 503. `owner` is what the handlers are parts of; it is kept for as long as they
  /// may be asked. `outside_interfaces` are http::Server::let_in's. Gives the real addresses of all. Errors:
  /// http::Server::start's; then nothing has changed.
  Result<std::vector<http::BoundAddress>> open(const std::shared_ptr<void>& owner,
                                               const std::vector<http::Listener>& listeners,
                                               const std::vector<std::string>& outside_interfaces = {});

  /// Has those of `listeners` that are open speak TLS or not, by the certificate of now, to who comes new. REQUIRES:
  /// `open` has succeeded.
  void speak(const std::vector<http::Listener>& listeners);

  /// http::Server's. REQUIRES: `open` has succeeded.
  [[nodiscard]] bool responds(std::chrono::milliseconds within) { return server_->responds(within); }
  [[nodiscard]] std::vector<http::Traffic> traffic() const { return server_->traffic(); }
  /// http::Server::stop; then nobody is kept any more.
  void stop(std::chrono::milliseconds drain);

 private:
  struct Door {
    std::string name;
    std::string address;
    std::uint16_t port;
    Turnstile turnstile;
    http::BoundAddress bound{};
    bool is_open = true;

    [[nodiscard]] bool is_for(const http::Listener& listener) const;
    [[nodiscard]] bool is_at(const http::Listener& listener) const;
  };

  [[nodiscard]] bool has_open(const http::Listener& listener) const;
  Result<std::vector<http::BoundAddress>> add(std::vector<http::Listener> added,
                                              const std::vector<std::string>& outside_interfaces);
  void turn(const std::shared_ptr<void>& owner, const std::vector<http::Listener>& listeners);
  void set_modes(const std::vector<http::Listener>& listeners);

  Log& log_;
  const Clock& clock_;
  std::list<Door> doors_;  ///< Also closed ones: their last connections may still ask.
  std::optional<http::Server> server_;
};

}  // namespace understudy::app
