#include "understudy/service/config_record.hpp"

#include <utility>

namespace understudy::service {

void ConfigRecord::note_reload(WallTime at) {
  const std::scoped_lock lock(mutex_);
  facts_.read = at;
  facts_.is_current = true;
  ++facts_.reloads;
}

void ConfigRecord::note_refusal(WallTime at, std::vector<std::string> why) {
  const std::scoped_lock lock(mutex_);
  facts_.refused = Refusal{at, std::move(why)};
  facts_.is_current = false;
  ++facts_.refusals;
}

ConfigRecord::Facts ConfigRecord::facts() const {
  const std::scoped_lock lock(mutex_);
  return facts_;
}

}  // namespace understudy::service
