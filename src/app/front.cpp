#include "understudy/app/front.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "understudy/base/listen_address.hpp"

namespace understudy::app {
namespace {

/// Lives for as long as the deferred answer is held.
struct Kept {
  std::shared_ptr<Handler> handler;
  std::shared_ptr<Deferred> deferred;  ///< Ends before the handler.
};

/// Answers on connections of a listener that is closed.
class Nobody final : public Handler {
 public:
  Answer answer(const Request& /*request*/, Patience /*patience*/) override { return Response{503, {}, {}, {}}; }
};

}  // namespace

void Turnstile::turn_to(std::shared_ptr<Handler> behind) { std::atomic_store(&behind_, std::move(behind)); }

Answer Turnstile::answer(const Request& request, Patience patience) {
  auto handler = std::atomic_load(&behind_);
  auto answer = handler->answer(request, patience);
  if (auto* deferred = std::get_if<std::shared_ptr<Deferred>>(&answer)) {
    const auto kept = std::make_shared<Kept>(Kept{std::move(handler), std::move(*deferred)});
    return std::shared_ptr<Deferred>(kept, kept->deferred.get());
  }
  return answer;
}

bool Front::Door::is_for(const http::Listener& listener) const {
  return is_open && name == listener.name && address == listener.address && port == listener.port;
}

bool Front::Door::is_at(const http::Listener& listener) const {
  return is_for(listener) || (address == listener.address && bound.port == listener.port);
}

bool Front::has_open(const http::Listener& listener) const {
  return std::ranges::any_of(doors_, [&](const Door& door) { return door.is_for(listener); });
}

Result<std::vector<http::BoundAddress>> Front::open(const std::shared_ptr<void>& owner,
                                                    const std::vector<http::Listener>& listeners,
                                                    const std::vector<std::string>& outside_interfaces) {
  std::list<Door> fresh;
  std::vector<http::Listener> added;
  for (const auto& one : listeners) {
    if (!has_open(one)) {
      auto& door = fresh.emplace_back(
          Door{one.name, one.address, one.port, Turnstile(std::shared_ptr<Handler>(owner, &one.handler))});
      const bool joins = one.port != 0 && std::ranges::any_of(doors_, [&](const Door& other) {
                           return other.is_open && other.bound.port == one.port;
                         });
      added.push_back({one.name, one.address, one.port, door.turnstile, one.limits, one.socket, one.bad_request, joins,
                       one.mode, one.tls});
    }
  }
  auto bound = add(std::move(added), outside_interfaces);
  if (!bound) {
    return bound;
  }
  auto next = bound->begin();
  std::ranges::for_each(fresh, [&](Door& door) { door.bound = *next++; });
  doors_.splice(doors_.end(), fresh);
  server_->let_in(outside_interfaces);
  turn(owner, listeners);
  speak(listeners);
  set_modes(listeners);
  std::vector<http::BoundAddress> addresses;
  for (const auto& one : listeners) {
    addresses.push_back(std::ranges::find_if(doors_, [&](const Door& door) { return door.is_for(one); })->bound);
  }
  return addresses;
}

Result<std::vector<http::BoundAddress>> Front::add(std::vector<http::Listener> added,
                                                   const std::vector<std::string>& outside_interfaces) {
  if (server_) {
    return server_->open(std::move(added));
  }
  http::ServerSettings settings;
  settings.outside_interfaces = outside_interfaces;
  server_.emplace(std::move(added), std::move(settings), log_, clock_);
  auto bound = server_->start();
  if (!bound) {
    server_.reset();
  }
  return bound;
}

void Front::turn(const std::shared_ptr<void>& owner, const std::vector<http::Listener>& listeners) {
  const auto nobody = std::make_shared<Nobody>();
  for (auto& door : doors_) {
    // Who came in by a door that closes asks for what is at its address now.
    auto heir = std::ranges::find_if(listeners, [&](const http::Listener& one) { return door.is_at(one); });
    if (heir == listeners.end()) {
      heir = std::ranges::find(listeners, door.name, &http::Listener::name);
    }
    door.turnstile.turn_to(heir == listeners.end() ? std::shared_ptr<Handler>(nobody)
                                                   : std::shared_ptr<Handler>(owner, &heir->handler));
  }
  for (auto& door : doors_) {
    const bool stays = std::ranges::any_of(listeners, [&](const auto& one) { return door.is_for(one); });
    if (door.is_open && !stays) {
      door.is_open = false;
      server_->close(door.turnstile);
    }
  }
}

void Front::speak(const std::vector<http::Listener>& listeners) {
  for (auto& door : doors_) {
    const auto now = std::ranges::find_if(listeners, [&](const auto& one) { return door.is_for(one); });
    if (now != listeners.end() && (now->tls || !door.bound.tls_name.empty())) {
      server_->speak(door.turnstile, now->tls);
      door.bound.tls_name = http::tls_name(now->tls, {door.bound.address, door.bound.port});
    }
  }
}

/// Those of Unix sockets that were open already may be others now.
void Front::set_modes(const std::vector<http::Listener>& listeners) {
  for (auto& door : doors_) {
    const auto now = std::ranges::find_if(listeners, [&](const auto& one) { return door.is_for(one); });
    if (now != listeners.end() && ListenAddress{now->address}.is_unix()) {
      server_->set_mode(door.turnstile, now->mode);
    }
  }
}

void Front::stop(std::chrono::milliseconds drain) {
  if (server_) {
    server_->stop(drain);
  }
  const auto nobody = std::make_shared<Nobody>();
  std::ranges::for_each(doors_, [&](Door& door) { door.turnstile.turn_to(nobody); });
}

}  // namespace understudy::app
