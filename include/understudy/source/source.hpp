#pragma once

#include <vector>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/result.hpp"

namespace understudy::source {

enum class Freshness {
  kCached,  ///< Whatever is good now.
  kFresh,   ///< Not what was given before: the last ones were refused as ended.
};

/// One way of getting credentials. Thread-safe; `get` blocks while it does its input and output, so it is called from
/// background threads only.
///
/// Failure: an Error by whose kind the cache decides (transient: ask again later; kDenied and kInvalid: remember for a
/// while; kActionNeeded: a person has to act; kExpired: what the call was made with has ended). Messages are shown to
/// clients and logged, so they hold no secret.
class Source {
 public:
  virtual ~Source() = default;

  virtual Result<aws::Credentials> get(Freshness freshness) = 0;

  /// The long-term key pairs that this source starts from, where it has any at hand without input or output beyond
  /// local files: the users an embedded STS has to know.
  virtual std::vector<aws::Credentials> own_keys() { return {}; }
};

}  // namespace understudy::source
