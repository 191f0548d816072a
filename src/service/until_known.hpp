#pragma once

#include <functional>
#include <memory>

#include "understudy/base/handler.hpp"
#include "understudy/metadata/container_source.hpp"

namespace understudy::service {

/// Wakes with the news of containers by which `is_known` is true, at once where it is already, or when none will come.
/// News of others do not wake it: it is for who waits to say how long, as http::Connection does. `is_known` looks at
/// the newest snapshot, from any thread; it is quick and does not throw. REQUIRES: it ends before `containers`, and
/// before what `is_known` looks at.
[[nodiscard]] std::shared_ptr<Deferred> until_known(const metadata::ContainerSource& containers,
                                                    std::function<bool()> is_known);

}  // namespace understudy::service
