#include "understudy/http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "listening.hpp"
#include "worker.hpp"

namespace understudy::http {

namespace {

// Room for some bodies of the longest kind at a time, on however many threads.
constexpr std::size_t kLeastBuffered = 2 * 1024 * 1024;

}  // namespace

class Server::Impl {
 public:
  Impl(std::vector<Listener> listeners, ServerSettings settings, Log& log, const Clock& clock)
      : unopened_(std::move(listeners)) {
    link_local_.let_in(std::move(settings.outside_interfaces));
    const auto threads = std::max(settings.threads > 0 ? settings.threads : std::thread::hardware_concurrency(), 1U);
    const WorkerLimits limits{
        settings.max_connections / threads,
        std::max(settings.max_buffered / threads, std::min(settings.max_buffered, kLeastBuffered))};
    for (unsigned i = 0; i < threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(limits, log, clock, link_local_));
    }
  }

  Result<std::vector<BoundAddress>> start() {
    auto bound = listen(std::move(unopened_), &Worker::add);
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

  Result<std::vector<BoundAddress>> open(std::vector<Listener> added) {
    return listen(std::move(added), &Worker::open);
  }

  void close(const Handler& handler) {
    // A worker that needs longer is stuck, and closes its share if it ever goes on.
    constexpr std::chrono::seconds kWellWithin{2};
    {
      const std::lock_guard lock(mutex_);
      for (auto& one : opened_) {
        if (&one.listener.handler == &handler) {
          one.file = SocketFile();
          std::ranges::for_each(workers_, [&](auto& worker) { worker->close(one.listener); });
        }
      }
    }
    static_cast<void>(responds(kWellWithin));
  }

  void speak(const Handler& handler, const std::shared_ptr<const TlsContext>& tls) {
    const std::lock_guard lock(mutex_);
    for (auto& one : opened_) {
      if (&one.listener.handler == &handler) {
        std::ranges::for_each(workers_, [&](auto& worker) { worker->speak(one.listener, tls); });
      }
    }
  }

  void set_mode(const Handler& handler, std::uint32_t mode) {
    const std::lock_guard lock(mutex_);
    for (const auto& one : opened_) {
      if (&one.listener.handler == &handler) {
        static_cast<void>(one.file.set_mode(mode));
      }
    }
  }

  void let_in(std::vector<std::string> interfaces) { link_local_.let_in(std::move(interfaces)); }

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
    {
      const std::lock_guard lock(mutex_);
      std::ranges::for_each(opened_, [](Opened& one) { one.file = SocketFile(); });
    }
    for (auto& worker : workers_) {
      worker->drain(deadline);
    }
    for (auto& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

  [[nodiscard]] std::vector<Traffic> traffic() const {
    std::vector<Traffic> out;
    const std::lock_guard lock(mutex_);
    for (const auto& [listener, file, counts] : opened_) {
      auto found = std::ranges::find(out, listener.name, &Traffic::listener);
      if (found == out.end()) {
        found = out.insert(found, Traffic{});
        found->listener = listener.name;
      }
      std::ranges::for_each(counts, [&](const auto& each) { each->add_to(*found); });
    }
    return out;
  }

 private:
  /// A listener with what each thread counts of it. Those that are closed stay: connections refer to them.
  struct Opened {
    Listener listener;
    SocketFile file{};
    std::vector<std::unique_ptr<TrafficCounts>> counts{};
  };

  /// Who has not answered yet. Shared: an answer may come when nobody waits any more.
  struct Roll {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t missing = 0;
  };

  /// Worker::add or Worker::open.
  using Add = void (Worker::*)(const Listener&, Acceptor, TrafficCounts&);

  Result<std::vector<BoundAddress>> listen(std::vector<Listener> listeners, Add add) {
    std::vector<std::reference_wrapper<asio::io_context>> contexts;
    for (auto& worker : workers_) {
      contexts.emplace_back(worker->context());
    }
    std::vector<Listening> opened;
    std::vector<BoundAddress> bound;
    for (const auto& listener : listeners) {
      auto listening = listen_on(listener, contexts);
      if (!listening) {
        return std::move(listening).error();
      }
      bound.push_back(bound_address(listener, listening->acceptors.front()));
      opened.push_back(*std::move(listening));
    }
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      take_in(std::move(listeners[i]), std::move(opened[i]), add);
    }
    return bound;
  }

  void take_in(Listener listener, Listening listening, Add add) {
    const std::lock_guard lock(mutex_);
    auto& [kept, file, counts] = opened_.emplace_back(Opened{std::move(listener), std::move(listening.file)});
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      auto& own = *counts.emplace_back(std::make_unique<TrafficCounts>());
      (*workers_[i].*add)(kept, std::move(listening.acceptors[i]), own);
    }
  }

  std::vector<Listener> unopened_;  ///< Until `start`.
  mutable std::mutex mutex_;        ///< Guards `opened_`.
  std::list<Opened> opened_;
  const SystemInterfaces interfaces_;
  LinkLocalGuard link_local_{interfaces_};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

Server::Server(std::vector<Listener> listeners, ServerSettings settings, Log& log, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(listeners), std::move(settings), log, clock)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<std::vector<BoundAddress>> Server::start() { return impl_->start(); }

Result<std::vector<BoundAddress>> Server::open(std::vector<Listener> listeners) {
  return impl_->open(std::move(listeners));
}

void Server::close(const Handler& handler) { impl_->close(handler); }

void Server::speak(const Handler& handler, const std::shared_ptr<const TlsContext>& tls) { impl_->speak(handler, tls); }

void Server::set_mode(const Handler& handler, std::uint32_t mode) { impl_->set_mode(handler, mode); }

void Server::let_in(std::vector<std::string> outside_interfaces) { impl_->let_in(std::move(outside_interfaces)); }

bool Server::responds(std::chrono::milliseconds within) { return impl_->responds(within); }

void Server::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }

std::vector<Traffic> Server::traffic() const { return impl_->traffic(); }

}  // namespace understudy::http
