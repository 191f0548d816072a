#include "understudy/http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "listening.hpp"
#include "worker.hpp"

namespace understudy::http {

namespace {

/// Who has not answered yet. Shared: an answer may come when nobody waits any more.
struct Roll {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t missing = 0;
};

}  // namespace

class Server::Impl {
 public:
  Impl(std::vector<Listener> listeners, ServerSettings settings, Log& log, const Clock& clock)
      : listeners_(std::move(listeners)) {
    const auto threads = std::max(settings.threads > 0 ? settings.threads : std::thread::hardware_concurrency(), 1U);
    for (unsigned i = 0; i < threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(settings.max_connections / threads, log, clock));
    }
  }

  Result<std::vector<BoundAddress>> start() {
    auto bound = listen();
    if (!bound) {
      return bound;
    }
    try {
      for (auto& worker : workers_) {
        threads_.emplace_back([&worker = *worker] { worker.run(); });
      }
    } catch (const std::system_error& problem) {
      stop(std::chrono::milliseconds(0));
      return Error{Error::Kind::kUnavailable, "NoThread",
                   fmt::format("the server's threads can not be started: {}", problem.what())};
    }
    return bound;
  }

  bool responds(std::chrono::milliseconds within) {
    const auto roll = std::make_shared<Roll>();
    roll->missing = workers_.size();
    for (auto& worker : workers_) {
      worker->mailbox()->post([roll] {
        const std::lock_guard lock(roll->mutex);
        --roll->missing;
        roll->changed.notify_all();
      });
    }
    std::unique_lock lock(roll->mutex);
    return roll->changed.wait_for(lock, within, [&] { return roll->missing == 0; });
  }

  void stop(std::chrono::milliseconds drain) {
    const auto deadline = std::chrono::steady_clock::now() + drain;
    for (auto& worker : workers_) {
      worker->drain(deadline);
    }
    for (auto& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

  [[nodiscard]] std::vector<Traffic> traffic() const {
    std::vector<Traffic> out(listeners_.size());
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      out[i].listener = listeners_[i].name;
    }
    for (const auto& worker : workers_) {
      worker->add_traffic(out);
    }
    return out;
  }

 private:
  Result<std::vector<BoundAddress>> listen() {
    std::vector<std::reference_wrapper<asio::io_context>> contexts;
    for (auto& worker : workers_) {
      contexts.emplace_back(worker->context());
    }
    std::vector<std::vector<Acceptor>> opened;
    std::vector<BoundAddress> bound;
    for (const auto& listener : listeners_) {
      auto acceptors = listen_on(listener, contexts);
      if (!acceptors) {
        return std::move(acceptors).error();
      }
      bound.push_back(bound_address(listener, acceptors->front()));
      opened.push_back(*std::move(acceptors));
    }
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      for (std::size_t j = 0; j < workers_.size(); ++j) {
        workers_[j]->add(listeners_[i], std::move(opened[i][j]));
      }
    }
    return bound;
  }

  std::vector<Listener> listeners_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

Server::Server(std::vector<Listener> listeners, ServerSettings settings, Log& log, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(listeners), settings, log, clock)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<std::vector<BoundAddress>> Server::start() { return impl_->start(); }

bool Server::responds(std::chrono::milliseconds within) { return impl_->responds(within); }

void Server::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }

std::vector<Traffic> Server::traffic() const { return impl_->traffic(); }

}  // namespace understudy::http
