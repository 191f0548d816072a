#include "eviction.hpp"

#include <algorithm>
#include <iterator>

#include "connection.hpp"

namespace understudy::http {

std::vector<Connection*> choose_evicted(const std::vector<Connection*>& connections, const Connection* newcomer) {
  std::vector<Connection*> waiting;
  std::ranges::copy_if(connections, std::back_inserter(waiting),
                       [&](const auto* each) { return each->is_waiting() && each != newcomer; });
  if (newcomer != nullptr) {
    const auto others = std::ranges::partition(
        waiting, [&](const auto* each) { return each->peer().address == newcomer->peer().address; });
    if (others.begin() != waiting.begin()) {
      waiting.erase(others.begin(), waiting.end());
    }
  }
  const auto count = std::min(waiting.size(), connections.size() / 16 + 1);
  std::ranges::partial_sort(waiting, waiting.begin() + static_cast<std::ptrdiff_t>(count), {},
                            &Connection::waiting_since);
  waiting.resize(count);
  return waiting;
}

}  // namespace understudy::http
