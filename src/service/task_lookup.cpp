#include "understudy/service/task_lookup.hpp"

#include <atomic>

namespace understudy::service {

std::shared_ptr<const metadata::TaskBook> TaskLookup::book() {
  const auto set = source_.snapshot();
  auto known = std::atomic_load(&book_);
  if (!known || known->set() != set) {
    known = std::make_shared<const metadata::TaskBook>(set, settings_);
    std::atomic_store(&book_, known);
  }
  return known;
}

std::optional<metadata::TaskBook::Place> place_of(const metadata::TaskBook& book, std::string_view id,
                                                  std::string_view address) {
  constexpr std::string_view kSelf = "self";
  return id == kSelf ? book.by_address(address) : book.find(id);
}

}  // namespace understudy::service
