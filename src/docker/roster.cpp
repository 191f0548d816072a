#include "understudy/docker/roster.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace understudy::docker {
namespace {

using metadata::Container;
using metadata::ContainerPtr;
using metadata::ContainerSet;

bool is_gone(const Error& error) { return error.kind == Error::Kind::kNotFound && error.code == "NoSuchContainer"; }

std::optional<std::string> take(std::deque<std::string>& queue) {
  auto id = std::move(queue.front());
  queue.pop_front();
  return id;
}

}  // namespace

void Roster::opened() {
  is_followed_ = true;
  is_list_wanted_ = true;
}

void Roster::closed(Error why) {
  is_followed_ = false;
  is_listed_ = false;
  is_list_wanted_ = false;
  is_list_missing_ = false;
  urgent_.clear();
  rest_.clear();
  unanswered_.clear();
  is_stale_ = asking_.has_value();
  error_ = std::move(why);
}

void Roster::relist() { is_list_wanted_ = true; }

void Roster::happened(const Event& event) {
  const auto& id = event.container_id;
  const bool is_over = event.kind == Event::Kind::kEnded;
  const bool is_asked = asking_ == id;
  if (is_over || event.kind == Event::Kind::kDisconnected) {
    is_stale_ = is_stale_ || is_asked;
  }
  if (is_over) {
    known_.erase(id);
    unanswered_.erase(id);
    return;
  }
  if (event.kind == Event::Kind::kDisconnected) {
    forget_addresses(id);
  }
  if (event.kind == Event::Kind::kStarted || is_asked || known_.contains(id) || unanswered_.contains(id)) {
    want(id);
  }
}

void Roster::want(const std::string& id) {
  if (std::ranges::find(urgent_, id) == urgent_.end()) {
    urgent_.push_back(id);
  }
}

void Roster::forget_addresses(const std::string& id) {
  const auto found = known_.find(id);
  if (found != known_.end()) {
    auto without = *found->second;
    without.networks.clear();
    found->second = std::make_shared<const Container>(std::move(without));
  }
}

std::optional<std::string> Roster::next() {
  if (!urgent_.empty()) {
    asking_ = take(urgent_);
  } else if (std::exchange(is_list_wanted_, false)) {
    asking_ = std::string();
  } else if (!rest_.empty()) {
    asking_ = take(rest_);
  }
  return asking_;
}

void Roster::told_list(const Result<std::vector<std::string>>& ids) {
  asking_.reset();
  if (std::exchange(is_stale_, false)) {
    return;
  }
  is_list_missing_ = !ids.has_value();
  if (!ids) {
    error_ = ids.error();
    return;
  }
  // Nobody became known while the list was asked for, so who is not in it has ended unheard.
  const auto is_missing = [&](const std::string& id) { return std::ranges::find(*ids, id) == ids->end(); };
  std::erase_if(known_, [&](const auto& one) { return is_missing(one.first); });
  std::erase_if(unanswered_, is_missing);
  rest_.assign(ids->begin(), ids->end());
  finish();
}

void Roster::told(Result<Container> container) {
  const auto id = std::exchange(asking_, std::nullopt).value_or("");
  if (!std::exchange(is_stale_, false)) {
    keep(id, std::move(container));
  }
  finish();
}

void Roster::keep(const std::string& id, Result<Container> container) {
  const bool is_answer = container || is_gone(container.error());
  if (!is_answer) {
    unanswered_.insert(id);
    error_ = container.error();
    if (!is_listed_) {
      known_.erase(id);
    }
    return;
  }
  unanswered_.erase(id);
  known_.erase(id);
  if (container && container->status == metadata::ContainerStatus::kRunning) {
    known_.emplace(id, std::make_shared<const Container>(*std::move(container)));
  }
}

void Roster::finish() {
  is_listed_ = is_listed_ || (is_followed_ && !is_list_wanted_ && !is_list_missing_ && rest_.empty());
}

void Roster::ask_again() {
  is_list_wanted_ = is_list_wanted_ || is_list_missing_;
  for (const auto& id : unanswered_) {
    if (std::ranges::find(rest_, id) == rest_.end()) {
      rest_.push_back(id);
    }
  }
}

bool Roster::is_at_rest() const { return !asking_ && !is_list_wanted_ && urgent_.empty() && rest_.empty(); }

std::optional<Error> Roster::missing() const {
  const bool is_asking = !urgent_.empty() || !asking_.value_or("").empty();
  if (unanswered_.empty() && is_asking) {
    return Error{Error::Kind::kUnavailable, "NotToldYet",
                 "the container engine has not told yet of a container that has started or changed"};
  }
  return unanswered_.empty() ? std::nullopt : error_;
}

ContainerSet Roster::set() const {
  std::vector<ContainerPtr> containers;
  for (const auto& [id, container] : known_) {
    containers.push_back(container);
  }
  if (!is_listed_) {
    return ContainerSet(error_, std::move(containers));
  }
  return ContainerSet::current(std::move(containers), missing());
}

}  // namespace understudy::docker
