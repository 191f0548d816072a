#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_source.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/source/cached_role.hpp"
#include "unit/source/key_id.hpp"

/// What the tests of a cached role stand on.
namespace understudy::source {

inline const Error kDown{Error::Kind::kUnavailable, "ConnectionError", "no answer"};
inline const Error kDenied{Error::Kind::kDenied, "AccessDenied", "not yours"};

/// A role around a fake source; starts are counted and not run.
struct Stage {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  fakes::FakeSource* source = nullptr;
  std::atomic<int> starts = 0;
  std::unique_ptr<CachedRole> role;

  Stage() {
    auto owned = std::make_unique<fakes::FakeSource>(clock);
    source = owned.get();
    role = std::make_unique<CachedRole>(CachedRole::Settings{"app", "arn:aws:iam::111122223333:role/app",
                                                             std::move(owned), [this](CachedRole&) { ++starts; }},
                                        clock, log, [] { return 0.0; });
  }
};

}  // namespace understudy::source
