#include "understudy/service/task_lookup.hpp"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "until_known.hpp"

namespace understudy::service {
namespace {

using metadata::Container;
using metadata::TaskBook;

/// The one container of the task that `fits`; nullopt where none or several do.
template <typename Fits>
std::optional<TaskBook::Place> only(const metadata::Task& task, const Fits& fits) {
  const metadata::TaskContainer* found = nullptr;
  for (const auto& member : task.containers) {
    if (!fits(member.container)) {
      continue;
    }
    if (found != nullptr) {
      return std::nullopt;
    }
    found = &member;
  }
  return found == nullptr ? std::nullopt : std::optional(TaskBook::Place{task, *found});
}

/// TaskBook::find, within a task.
std::optional<TaskBook::Place> find_in(const metadata::Task& task, std::string_view id) {
  constexpr std::size_t kShortest = 12;
  const auto has_id = [&](const Container& one) { return id.size() >= kShortest && one.id.starts_with(id); };
  const auto is_named = [&](const Container& one) { return !id.empty() && one.docker_name == id; };
  const auto is_called = [&](const Container& one) { return !id.empty() && one.name == id; };
  if (auto place = only(task, has_id)) {
    return place;
  }
  auto place = only(task, is_named);
  return place ? place : only(task, is_called);
}

/// What is no name that could be guessed.
std::optional<TaskBook::Place> by_whole_id(const TaskBook& book, std::string_view id) {
  const auto container = book.set()->by_id(id);
  return container && container->id == id ? book.find(id) : std::nullopt;
}

/// Whether nobody at that address is a container, as far as one can know: the host, say.
bool is_nobodys(const TaskBook& book, std::string_view address) {
  return book.set()->is_current() && !book.set()->is_shared(address);
}

}  // namespace

std::shared_ptr<const metadata::TaskBook> TaskLookup::book() {
  const auto set = source_.snapshot();
  auto known = std::atomic_load(&book_);
  if (!known || known->set() != set) {
    known = std::make_shared<const metadata::TaskBook>(set, settings_);
    std::atomic_store(&book_, known);
  }
  return known;
}

std::shared_ptr<Deferred> TaskLookup::until_known(std::string address) const {
  return service::until_known(
      source_, [this, address = std::move(address)] { return source_.snapshot()->by_address(address) != nullptr; });
}

std::optional<TaskBook::Place> place_of(const TaskBook& book, std::string_view id, std::string_view address) {
  const auto asks = book.by_address(address);
  if (id == kSelf) {
    return asks;
  }
  if (!asks && is_nobodys(book, address)) {
    return book.find(id);
  }
  auto place = by_whole_id(book, id);
  return place || !asks ? place : find_in(asks->task, id);
}

std::optional<TaskBook::Place> place_of_part(const TaskBook& book, std::string_view part, std::string_view address) {
  const auto asks = book.by_address(address);
  if (!asks && is_nobodys(book, address)) {
    return book.find_part(part, address);
  }
  if (auto place = by_whole_id(book, part); place || !asks) {
    return place;
  }
  if (auto place = find_in(asks->task, part)) {
    return place;
  }
  const auto has_part = [&](const Container& one) {
    return one.id.starts_with(part) || one.docker_name.find(part) != std::string::npos;
  };
  if (auto place = only(asks->task, has_part)) {
    return place;
  }
  // Where another's container is meant, who asks is the wrong one.
  return has_part(asks->member.container) ||
                 std::ranges::none_of(book.set()->containers(), [&](const auto& one) { return has_part(*one); })
             ? asks
             : std::nullopt;
}

}  // namespace understudy::service
