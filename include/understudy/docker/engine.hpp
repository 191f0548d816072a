#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"
#include "understudy/metadata/container.hpp"

namespace understudy::docker {

using Labels = std::map<std::string, std::string>;

/// Something that happened to a container.
struct Event {
  enum class Kind {
    kStarted,
    kEnded,         ///< Its process is gone (`die`), or all of it is (`destroy`).
    kDisconnected,  ///< It left a network, whose address may be another's next.
    kChanged,       ///< Health, name, limits or one more network.
  };
  Kind kind = Kind::kChanged;
  std::string container_id;
  bool operator==(const Event&) const = default;
};

/// Who follows the events; called on the thread that called `follow`. False ends it.
struct EventReader {
  /// The engine has heard the question: events from `since` on will come. A list that is asked for now misses none.
  std::function<bool()> opened;
  std::function<bool(const Event&)> happened;
};

/// A container engine that speaks Docker's API: Docker's own, or Podman's. Every question blocks, up to the time-outs
/// of the implementation: so never from a Handler. Thread-safe.
///
/// Errors of each: kNotFound (`NoSuchContainer`, `NoSuchImage`) for what is not there; else kUnavailable, kDenied or
/// kNotFound as of the connection, and kUnavailable (`Http403`) for an answer of that status.
///
/// Who may talk to the engine is root on its host, however the socket is mounted. We only ever ask with GET.
class Engine {
 public:
  virtual ~Engine() = default;

  /// The ids of the containers that run, paused ones too.
  virtual Result<std::vector<std::string>> list() = 0;
  /// Without `own_labels`: ImageLabels.
  virtual Result<metadata::Container> inspect(std::string_view id) = 0;
  /// Of an image, by its id: `sha256:..`.
  virtual Result<Labels> image_labels(std::string_view id) = 0;
  /// The engine's StatsJSON of now, as it stands. Takes a second or two: the engine looks twice.
  virtual Result<std::string> stats(std::string_view id) = 0;
  /// Hands over what happened since `since`, a past moment included, and then what happens. Success where the reader
  /// had enough or the stream came to its end: ask for a new list then, for something may have been missed.
  virtual Result<void> follow(WallTime since, const EventReader& reader) = 0;
  /// Ends the questions under way, and every later one, with `ConnectionError`: for the end of the program.
  virtual void stop_all() = 0;
};

}  // namespace understudy::docker
