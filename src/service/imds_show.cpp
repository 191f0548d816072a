#include "understudy/service/imds_show.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/address_range.hpp"

namespace understudy::service {

ImdsShow::ImdsShow(ImdsSettings settings, metadata::Instance instance, std::string role_name)
    : settings_(std::move(settings)),
      instance_(std::move(instance)),
      role_name_(std::move(role_name)),
      views_(std::make_shared<const Views>(Views{first_view(), {}})) {}

std::shared_ptr<const ImdsView> ImdsShow::view_for(const Peer& peer) {
  const auto views = std::atomic_load(&views_);
  if (views->audiences.empty()) {
    return views->everyone;
  }
  const auto address = normal_address(peer.address).value_or(peer.address);
  const auto row = std::ranges::find_if(views->audiences, [&](const Row& each) { return belongs(each, address); });
  return row != views->audiences.end() ? row->view : views->everyone;
}

bool ImdsShow::belongs(const Row& row, const std::string& address) {
  const auto& [addresses, first] = row.audience;
  if (std::ranges::find(addresses, address) != addresses.end()) {
    return true;
  }
  if (first == 0) {
    return false;
  }
  const std::scoped_lock lock(row.firsts->mutex);
  auto& seen = row.firsts->seen;
  if (seen.size() < first) {
    seen.insert(address);
  }
  return seen.contains(address);
}

Result<void> ImdsShow::play(const Audience& audience, const Change& change) {
  const std::scoped_lock lock(play_mutex_);
  auto next = std::make_shared<Views>(*std::atomic_load(&views_));
  if (audience.is_everyone()) {
    next->everyone = changed(next->everyone, change);
    for (auto& row : next->audiences) {
      row.view = changed(row.view, change);
    }
  } else {
    const auto row = row_of(*next, audience);
    if (!row) {
      return row.error();
    }
    (*row)->view = changed((*row)->view, change);
  }
  std::atomic_store(&views_, std::shared_ptr<const Views>(std::move(next)));
  return {};
}

void ImdsShow::clear() {
  const std::scoped_lock lock(play_mutex_);
  std::atomic_store(&views_, std::make_shared<const Views>(Views{first_view(), {}}));
}

std::vector<std::string> ImdsShow::describe() const {
  const auto views = std::atomic_load(&views_);
  const auto everyones = describe_scene(views->everyone->scene);
  auto out = everyones;
  for (const auto& row : views->audiences) {
    for (const auto& line : describe_scene(row.view->scene)) {
      if (std::ranges::find(everyones, line) == everyones.end()) {
        out.push_back(fmt::format("for {}: {}", name_of(row.audience), line));
      }
    }
  }
  return out;
}

Result<ImdsShow::Row*> ImdsShow::row_of(Views& views, const Audience& audience) {
  auto& rows = views.audiences;
  const auto found = std::ranges::find(rows, audience, &Row::audience);
  if (found != rows.end()) {
    return &*found;
  }
  const auto other =
      std::ranges::find_if(rows, [&](const Audience& each) { return overlap(each, audience); }, &Row::audience);
  if (other != rows.end()) {
    return Error{Error::Kind::kInvalid, "OverlappingAudience",
                 fmt::format("a client could be one of {} and of {}, for whom something is played already: play it for "
                             "those, for all, or play clear first",
                             name_of(audience), name_of(other->audience))};
  }
  if (rows.size() == kMostAudiences) {
    return Error{Error::Kind::kInvalid, "TooManyAudiences",
                 fmt::format("something is played for {} groups of clients already, the most there can be: name more "
                             "clients in one, or play clear first",
                             kMostAudiences)};
  }
  // Its requests are counted by themselves from now on.
  auto view = *views.everyone;
  view.injector = std::make_shared<FaultInjector>();
  return &rows.emplace_back(
      Row{audience, std::make_shared<const ImdsView>(std::move(view)), std::make_shared<Firsts>()});
}

ImdsShow::View ImdsShow::changed(const View& view, const Change& change) const {
  auto scene = view->scene;
  change(scene);
  return scene == view->scene ? view : make_view(settings_, instance_, role_name_, scene, view->injector);
}

ImdsShow::View ImdsShow::first_view() const {
  return make_view(settings_, instance_, role_name_, first_scene(settings_), std::make_shared<FaultInjector>());
}

}  // namespace understudy::service
