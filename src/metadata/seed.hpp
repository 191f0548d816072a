#pragma once

#include <string>
#include <string_view>

#include "understudy/base/crypto.hpp"

namespace understudy::metadata {

/// Digits that stay the same for one role in one region; `what` tells an instance's several ids apart.
class Seed {
 public:
  Seed(std::string_view role_key, std::string_view region)
      : base_(std::string(role_key) + "\n" + std::string(region) + "\n") {}

  [[nodiscard]] Digest digest(std::string_view what) const { return sha256(base_ + std::string(what)); }
  [[nodiscard]] std::string hex_digits(std::string_view what) const { return hex(bytes_of(digest(what))); }
  /// `vpc-` and 17 hex digits. `which` tells several of one kind apart.
  [[nodiscard]] std::string id(std::string_view prefix, std::string_view which = {}) const {
    return std::string(prefix) + hex_digits(std::string(prefix) + std::string(which)).substr(0, 17);
  }

 private:
  std::string base_;
};

}  // namespace understudy::metadata
