#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/node.hpp"
#include "understudy/service/act.hpp"

namespace understudy::service {

/// An act with its time.
struct Cue {
  std::string name;  ///< The act's: `spot_interruption`.
  std::string role;  ///< The key of the role that it names; else empty.
  Act act;
  Audience audience;
  std::chrono::seconds after{0};                ///< From the start, or from when it was asked for.
  std::optional<WallTime> at{};                 ///< In place of `after`; the past is now.
  std::optional<std::chrono::seconds> every{};  ///< Again and again, from the first time on.
};

/// Reads `{after: 30s, spot_interruption: {action: stop}, clients: {first: 1}}`: one act, and when and for whom.
/// nullopt where something is wrong, which goes to `problems`.
[[nodiscard]] std::optional<Cue> read_cue(const Node& node, std::vector<Problem>& problems);

/// The cues that are still to come. Pure: time is an argument.
class CueList {
 public:
  void add(Cue cue, const Clock& clock);
  /// Takes out what is due, the earliest first; what comes again is put back for its next time.
  [[nodiscard]] std::vector<Cue> take_due(const Clock& clock);
  /// When to look next; nullopt: never. Never later than the next cue, also where the wall clock is set.
  [[nodiscard]] std::optional<std::chrono::milliseconds> until_next(const Clock& clock) const;
  void clear() { waiting_.clear(); }
  /// Takes out of `other` all that is still to come there.
  void take_over(CueList& other);
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    Cue cue;
    BootTime due{};  ///< Where the cue has no `at`.
  };
  /// Both clocks, read once: an order that moves while it is sorted by is none.
  struct Moment {
    WallTime wall;
    BootTime boot;
  };
  [[nodiscard]] static std::chrono::milliseconds left(const Waiting& waiting, const Moment& now);

  std::vector<Waiting> waiting_;
};

}  // namespace understudy::service
