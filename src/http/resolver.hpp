#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/http/client.hpp"

namespace understudy::http {

/// Finds hosts' addresses within a time, which the system's resolver alone does not keep to: it is asked on a thread
/// for each name, which nobody waits for beyond that. Who asks for a name that is being looked up shares the answer, so
/// there is never more than one thread a name. Thread-safe.
class Resolver {
 public:
  /// Without `lookup` the system's resolver is asked (getaddrinfo).
  explicit Resolver(NameLookup lookup);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  /// Does not wait for lookups under way.
  ~Resolver();

  /// What the lookup gives; a literal address itself, at once. kUnavailable: `Timeout` at `deadline`,
  /// `ConnectionError` once stopped. Messages are half sentences without the name.
  Result<std::vector<std::string>> find(const std::string& host, std::chrono::steady_clock::time_point deadline);

  /// Ends every wait, those to come too.
  void stop_all();

 private:
  struct State;
  struct Search;
  std::shared_ptr<Search> search_for(const std::string& host);

  const NameLookup lookup_;
  const std::shared_ptr<State> state_;
};

}  // namespace understudy::http
