#include "understudy/service/cue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace understudy::service {
namespace {

using std::chrono::milliseconds;

void read_times(Fields& fields, Cue& cue) {
  cue.after = fields.duration("after").value_or(std::chrono::seconds(0));
  cue.every = fields.duration("every");
  if (cue.every && cue.every->count() == 0) {
    fields.problem("every", "expected a second at least");
  }
  cue.at = read_time(fields, "at", "after");
}

std::string role_in(const Node& value) {
  const auto* role = value.kind == Node::Kind::kMap ? value.find("role") : &value;
  return role != nullptr ? role->scalar : std::string();
}

}  // namespace

std::optional<Cue> read_cue(const Node& node, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(node, problems);
  Cue cue;
  read_times(fields, cue);
  if (const auto* clients = fields.node("clients")) {
    cue.audience = read_audience(*clients, problems);
  }
  for (const auto& kind : act_kinds()) {
    const auto* value = fields.node(kind.name);
    if (value == nullptr) {
      continue;
    }
    if (!cue.name.empty()) {
      fields.problem(kind.name, fmt::format("expected one act an entry, and there is {} already", cue.name));
    }
    cue.name = kind.name;
    cue.act = kind.read(*value, problems);
    cue.role = kind.touches == ActKind::Touches::kRole ? role_in(*value) : std::string();
    if (kind.touches != ActKind::Touches::kInstance && fields.node("clients") != nullptr) {
      fields.problem("clients", fmt::format("{} is for all clients: leave clients out", kind.name));
    }
  }
  fields.finish();
  if (problems.size() == before && cue.name.empty()) {
    fields.problem("", "expected an act, such as spot_interruption: true; understudy play --list names them all");
  }
  return problems.size() == before ? std::optional(std::move(cue)) : std::nullopt;
}

void CueList::add(Cue cue, const Clock& clock) {
  const auto due = clock.boot() + cue.after;
  waiting_.push_back({std::move(cue), due});
}

void CueList::take_over(CueList& other) {
  std::ranges::move(other.waiting_, std::back_inserter(waiting_));
  other.waiting_.clear();
}

std::vector<Cue> CueList::take_due(const Clock& clock) {
  const Moment now{clock.wall(), clock.boot()};
  std::ranges::stable_sort(waiting_, {}, [&](const Waiting& each) { return left(each, now); });
  std::vector<Cue> due;
  std::vector<Waiting> rest;
  for (auto& waiting : waiting_) {
    if (left(waiting, now).count() > 0) {
      rest.push_back(std::move(waiting));
      continue;
    }
    due.push_back(waiting.cue);
    if (waiting.cue.every) {
      waiting.cue.at.reset();
      waiting.due = now.boot + *waiting.cue.every;
      rest.push_back(std::move(waiting));
    }
  }
  waiting_ = std::move(rest);
  return due;
}

std::optional<milliseconds> CueList::until_next(const Clock& clock) const {
  if (waiting_.empty()) {
    return std::nullopt;
  }
  const Moment now{clock.wall(), clock.boot()};
  auto wait = kLongestWait;
  for (const auto& waiting : waiting_) {
    wait = std::min(wait, left(waiting, now));
  }
  return std::max(wait, milliseconds(0));
}

milliseconds CueList::left(const Waiting& waiting, const Moment& now) {
  const auto& at = waiting.cue.at;
  return at ? std::chrono::duration_cast<milliseconds>(*at - now.wall)
            : std::chrono::duration_cast<milliseconds>(waiting.due - now.boot);
}

}  // namespace understudy::service
