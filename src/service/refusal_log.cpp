#include "understudy/service/refusal_log.hpp"

namespace understudy::service {
namespace {

constexpr BootTime::duration kInterval = std::chrono::minutes(1);

}  // namespace

void RefusalLog::note(Rule rule, std::string_view from, const std::function<std::string()>& reason) {
  auto& count = counts_.at(static_cast<std::size_t>(rule));
  count.all.add();
  const auto now = clock_.boot().time_since_epoch();
  auto next = count.next.load(std::memory_order_relaxed);
  const bool due = now.count() >= next && count.next.compare_exchange_strong(next, (now + kInterval).count());
  if (!due) {
    count.unsaid.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto unsaid = count.unsaid.exchange(0, std::memory_order_relaxed);
  log_.warn("{}: refused a request from {}: {}{}", endpoint_, from.empty() ? "a local socket" : from, reason(),
            unsaid > 0 ? fmt::format(" ({} more like it since the last such line)", unsaid) : "");
}

}  // namespace understudy::service
