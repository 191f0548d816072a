#include "understudy/http/holdings.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace understudy::http {

std::vector<std::size_t> held_by_sources(const std::vector<Holding>& holdings, const std::vector<Holding>& asked) {
  std::unordered_map<std::string_view, std::size_t> sums;
  std::ranges::for_each(holdings, [&](const Holding& each) { sums[each.source] += each.bytes; });
  std::vector<std::size_t> of_source(asked.size());
  std::ranges::transform(asked, of_source.begin(), [&](const Holding& each) { return sums[each.source]; });
  return of_source;
}

std::vector<std::size_t> choose_released(const std::vector<Holding>& holdings, std::size_t wanted) {
  const auto of_source = held_by_sources(holdings, holdings);
  std::vector<std::size_t> places(holdings.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, [&](std::size_t left, std::size_t right) {
    return std::tie(of_source[right], holdings[left].since) < std::tie(of_source[left], holdings[right].since);
  });
  std::size_t count = 0;
  for (std::size_t freed = 0; count < places.size() && freed < wanted; ++count) {
    freed += holdings[places[count]].bytes;
  }
  places.resize(count);
  return places;
}

}  // namespace understudy::http
