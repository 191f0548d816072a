#include "resolver.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <thread>
#include <utility>

#include "understudy/base/address_range.hpp"

namespace understudy::http {
namespace {

using Addresses = std::vector<std::string>;

Error failure(std::string code, std::string what) {
  return {Error::Kind::kUnavailable, std::move(code), std::move(what)};
}

/// In the order in which the system wants them tried (RFC 6724).
Result<Addresses> ask_system(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int status = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first); status != 0) {
    return failure("ConnectionError", std::string("no address is found for it: ") + ::gai_strerror(status));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(first, &::freeaddrinfo);
  Addresses addresses;
  for (const auto* entry = first; entry != nullptr; entry = entry->ai_next) {
    char text[NI_MAXHOST];
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  return addresses.empty() ? failure("ConnectionError", "no address is found for it") : Result<Addresses>(addresses);
}

}  // namespace

struct Resolver::Search {
  std::optional<Result<Addresses>> outcome;
};

/// What threads that nobody waits for share with the resolver: the last one lets go of it.
struct Resolver::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::shared_ptr<Search>> under_way;
  bool is_stopped = false;
};

Resolver::Resolver(NameLookup lookup)
    : lookup_(lookup ? std::move(lookup) : ask_system), state_(std::make_shared<State>()) {}

Resolver::~Resolver() = default;

Result<Addresses> Resolver::find(const std::string& host, std::chrono::steady_clock::time_point deadline) {
  if (is_ip(host)) {
    return Addresses{host};
  }
  std::unique_lock lock(state_->mutex);
  if (state_->is_stopped) {
    return failure("ConnectionError", "the call was ended, because the program ends");
  }
  const auto search = search_for(host);
  state_->changed.wait_until(lock, deadline, [&] { return search->outcome || state_->is_stopped; });
  if (search->outcome) {
    return *search->outcome;
  }
  return state_->is_stopped ? failure("ConnectionError", "the call was ended, because the program ends")
                            : failure("Timeout", "its name is not resolved in time; look after the name servers");
}

/// REQUIRES: the lock is held.
std::shared_ptr<Resolver::Search> Resolver::search_for(const std::string& host) {
  if (const auto found = state_->under_way.find(host); found != state_->under_way.end()) {
    return found->second;
  }
  auto search = std::make_shared<Search>();
  std::thread([state = state_, search, host, lookup = lookup_] {
    auto outcome = lookup(host);
    {
      const std::scoped_lock lock(state->mutex);
      search->outcome = std::move(outcome);
      state->under_way.erase(host);
    }
    state->changed.notify_all();
  }).detach();
  state_->under_way.emplace(host, search);
  return search;
}

void Resolver::stop_all() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->is_stopped = true;
  }
  state_->changed.notify_all();
}

}  // namespace understudy::http
