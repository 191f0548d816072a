#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/metadata/container_set.hpp"

namespace understudy::docker {

/// What is known of the containers, and what has to be asked: the mind of an Inventory, without its threads. Events and
/// answers come in as they come; one question is under way at a time.
///
/// Who has ended, or has left a network, loses its addresses at once. An answer whose container did so while it was
/// under way is not believed, for it may tell of before. Events alone of containers that start, are known or are being
/// asked about make a question: Docker tells of `connect` before `start`, and holds the container's lock between them.
///
/// A container that the engine does not answer about is `unanswered`: what was known of it stays where events were
/// followed since, and it is asked about again at `ask_again`.
///
/// Not thread-safe.
class Roster {
 public:
  /// Events flow from now on: wants the list.
  void opened();
  /// They do no longer: nobody is known by address, and an answer under way is not believed.
  void closed(Error why);
  void happened(const Event& event);
  /// Wants the list anew; what is known holds meanwhile.
  void relist();

  /// What to ask now: about that container, or for the list where the id is empty. What an event wants goes before what
  /// the list does. nullopt for nothing. REQUIRES: the last question's answer was told.
  [[nodiscard]] std::optional<std::string> next();
  /// The answers to them.
  void told_list(const Result<std::vector<std::string>>& ids);
  void told(Result<metadata::Container> container);

  /// Whether something is unanswered.
  [[nodiscard]] bool has_gaps() const { return is_list_missing_ || !unanswered_.empty(); }
  /// Wants what is unanswered once more.
  void ask_again();
  /// Nothing to ask, and no question under way.
  [[nodiscard]] bool is_at_rest() const;

  /// Current once all of the list has been asked about. While a container is unanswered, or an event's question about
  /// one is open, the set has an error: that one has an address, maybe, which nobody is known by.
  [[nodiscard]] metadata::ContainerSet set() const;
  [[nodiscard]] bool is_current() const { return is_listed_; }
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  void want(const std::string& id);
  void keep(const std::string& id, Result<metadata::Container> container);
  void forget_addresses(const std::string& id);
  void finish();
  [[nodiscard]] std::optional<Error> missing() const;

  std::map<std::string, metadata::ContainerPtr> known_;
  std::set<std::string> unanswered_;
  std::optional<Error> error_;  ///< Of the stream, the list or the last container that is unanswered.
  bool is_followed_ = false;
  bool is_listed_ = false;  ///< The list of this stream has been asked about.
  bool is_list_wanted_ = false;
  bool is_list_missing_ = false;
  std::deque<std::string> urgent_;     ///< What events want.
  std::deque<std::string> rest_;       ///< What the list and `ask_again` want.
  std::optional<std::string> asking_;  ///< Empty text: the list.
  bool is_stale_ = false;              ///< What is answered to it may be of before.
};

}  // namespace understudy::docker
