#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "understudy/base/message.hpp"

namespace understudy {

/// Something a response has to wait for, such as the first credentials of a role.
class Deferred {
 public:
  virtual ~Deferred() = default;

  /// Calls `wake` exactly once, when it makes sense to ask the handler again: at once where that is so already, and
  /// from any thread; perhaps never once this has gone, which tells that nobody waits. `wake` must be quick and must
  /// not throw.
  virtual void on_ready(std::function<void()> wake) = 0;
};

/// A response, or what it waits for.
using Answer = std::variant<Response, std::shared_ptr<Deferred>>;

enum class Patience {
  kMayWait,     ///< The caller can ask again; a Deferred is welcome.
  kMustAnswer,  ///< The caller can not wait any longer: only a Response will do.
};

/// One endpoint: a function from request to response. Nothing in it does input or output.
///
/// Thread-safety: `answer` is called from many threads at once. Failure: whatever a client can cause is a response; an
/// exception is a bug, which the server answers with an empty 500.
class Handler {
 public:
  virtual ~Handler() = default;

  /// REQUIRES of implementations: a Response when `patience` is kMustAnswer.
  [[nodiscard]] virtual Answer answer(const Request& request, Patience patience) = 0;
};

/// Asks a handler for its final word.
/// Throws std::logic_error where the handler breaks its contract and defers all the same.
[[nodiscard]] Response answer_now(Handler& handler, const Request& request);

}  // namespace understudy
