#include "understudy/http/handshakes.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>

namespace understudy::http {
namespace {

constexpr std::size_t kRecordHead = 5;
constexpr std::size_t kMessageHead = 4;
constexpr char kClientHello = 1;
// RFC 8446, 5.1, and what an implementation may forgive beyond it.
constexpr std::size_t kLongestRecord = 16 * 1024 + 256;

std::size_t number_in(std::string_view bytes) {
  return std::accumulate(bytes.begin(), bytes.end(), std::size_t{0},
                         [](std::size_t sum, char each) { return sum * 256 + static_cast<unsigned char>(each); });
}

bool is_of_handshake(std::string_view record) { return record.starts_with("\x16\x03"); }

}  // namespace

std::size_t missing_of_greeting(std::string_view bytes) {
  std::string_view rest = bytes;
  std::size_t wanted = kMessageHead;
  std::size_t come = 0;
  std::string head;
  while (come < wanted && bytes.size() < kLongestHandshake) {
    if (rest.size() < kRecordHead) {
      return kRecordHead - rest.size();
    }
    if (!is_of_handshake(rest)) {
      return 0;
    }
    const auto length = number_in(rest.substr(3, 2));
    rest.remove_prefix(kRecordHead);
    head.append(rest.substr(0, std::min(length, kMessageHead - head.size())));
    if (length > kLongestRecord || (!head.empty() && head.front() != kClientHello)) {
      return 0;
    }
    if (rest.size() < length) {
      return std::min(length - rest.size(), kLongestHandshake - bytes.size());
    }
    if (head.size() == kMessageHead) {
      wanted = kMessageHead + number_in(std::string_view(head).substr(1));
    }
    come += length;
    rest.remove_prefix(length);
  }
  return 0;
}

std::vector<std::size_t> choose_next(const std::vector<Holding>& under_way, const std::vector<Holding>& waiting,
                                     std::size_t places) {
  const auto of_source = held_by_sources(under_way, waiting);
  std::vector<std::size_t> chosen(waiting.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  const auto count = std::min(places, waiting.size());
  std::ranges::partial_sort(
      chosen, chosen.begin() + static_cast<std::ptrdiff_t>(count), [&](std::size_t left, std::size_t right) {
        return std::tie(of_source[left], waiting[right].since) < std::tie(of_source[right], waiting[left].since);
      });
  chosen.resize(count);
  return chosen;
}

}  // namespace understudy::http
