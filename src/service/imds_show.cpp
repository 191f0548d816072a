#include "understudy/service/imds_show.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/address_range.hpp"

namespace understudy::service {
ImdsShow::ImdsShow(ImdsSettings settings, metadata::Instance instance, std::string role_name)
    : settings_(std::move(settings)),
      instance_(std::move(instance)),
      role_name_(std::move(role_name)),
      everyone_(first_scene(settings_)) {
  publish();
}

std::shared_ptr<const ImdsView> ImdsShow::view_for(const Peer& peer) {
  const auto views = std::atomic_load(&views_);
  if (views->audiences.empty()) {
    return views->everyone;
  }
  const auto address = normal_address(peer.address).value_or(peer.address);
  for (const auto& [audience, view] : views->audiences) {
    if (belongs(audience, address)) {
      return view;
    }
  }
  return views->everyone;
}

bool ImdsShow::belongs(const Audience& audience, const std::string& address) {
  if (std::ranges::find(audience.addresses, address) != audience.addresses.end()) {
    return true;
  }
  if (audience.first == 0) {
    return false;
  }
  const std::scoped_lock lock(mutex_);
  const auto row = std::ranges::find(rows_, audience, &Row::audience);
  if (row == rows_.end()) {
    return false;
  }
  if (row->seen.size() < audience.first) {
    row->seen.insert(address);
  }
  return row->seen.contains(address);
}

Result<void> ImdsShow::play(const Audience& audience, const Change& change) {
  const std::scoped_lock lock(mutex_);
  if (audience.is_everyone()) {
    change(everyone_);
    for (auto& row : rows_) {
      change(row.scene);
    }
  } else {
    const auto row = row_of(audience);
    if (!row) {
      return row.error();
    }
    change((*row)->scene);
  }
  publish();
  return {};
}

void ImdsShow::clear() {
  const std::scoped_lock lock(mutex_);
  everyone_ = first_scene(settings_);
  rows_.clear();
  publish();
}

std::vector<std::string> ImdsShow::describe() const {
  const std::scoped_lock lock(mutex_);
  const auto everyones = describe_scene(everyone_);
  auto out = everyones;
  for (const auto& row : rows_) {
    for (const auto& line : describe_scene(row.scene)) {
      if (std::ranges::find(everyones, line) == everyones.end()) {
        out.push_back(fmt::format("for {}: {}", name_of(row.audience), line));
      }
    }
  }
  return out;
}

// REQUIRES of what follows but the constructor's: the lock is held.

Result<ImdsShow::Row*> ImdsShow::row_of(const Audience& audience) {
  const auto found = std::ranges::find(rows_, audience, &Row::audience);
  if (found != rows_.end()) {
    return &*found;
  }
  const auto other =
      std::ranges::find_if(rows_, [&](const Audience& each) { return overlap(each, audience); }, &Row::audience);
  if (other != rows_.end()) {
    return Error{Error::Kind::kInvalid, "OverlappingAudience",
                 fmt::format("a client could be one of {} and of {}, for whom something is played already: play it for "
                             "those, for all, or play clear first",
                             name_of(audience), name_of(other->audience))};
  }
  return &rows_.emplace_back(Row{audience, everyone_});
}

std::shared_ptr<const ImdsView> ImdsShow::view_of(const ImdsScene& scene) const {
  return make_view(settings_, instance_, role_name_, scene);
}

void ImdsShow::publish() {
  auto views = std::make_shared<Views>();
  views->everyone = view_of(everyone_);
  for (const auto& row : rows_) {
    views->audiences.emplace_back(row.audience, view_of(row.scene));
  }
  std::atomic_store(&views_, std::shared_ptr<const Views>(std::move(views)));
}

}  // namespace understudy::service
