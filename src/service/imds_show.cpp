#include "understudy/service/imds_show.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace understudy::service {
namespace {

std::string name_of(const Audience& audience) {
  const auto first = audience.first > 0 ? fmt::format("the first {} clients", audience.first) : std::string();
  const auto addresses = fmt::format("{}", fmt::join(audience.addresses, ", "));
  return addresses.empty() || first.empty() ? addresses + first : addresses + " and " + first;
}

}  // namespace

ImdsShow::ImdsShow(ImdsSettings settings, metadata::Instance instance, std::string role_name)
    : settings_(std::move(settings)),
      instance_(std::move(instance)),
      role_name_(std::move(role_name)),
      everyone_(first_scene(settings_)) {
  publish();
}

std::shared_ptr<const ImdsView> ImdsShow::view_for(const Peer& peer) {
  const auto views = std::atomic_load(&views_);
  for (const auto& [audience, view] : views->audiences) {
    if (belongs(audience, peer.address)) {
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

void ImdsShow::play(const Audience& audience, const Change& change) {
  const std::scoped_lock lock(mutex_);
  if (audience.is_everyone()) {
    change(everyone_);
    for (auto& row : rows_) {
      change(row.scene);
    }
  } else {
    change(row_of(audience).scene);
  }
  publish();
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

ImdsShow::Row& ImdsShow::row_of(const Audience& audience) {
  const auto found = std::ranges::find(rows_, audience, &Row::audience);
  return found != rows_.end() ? *found : rows_.emplace_back(Row{audience, everyone_});
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
