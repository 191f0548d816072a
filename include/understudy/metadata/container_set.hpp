#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/metadata/container.hpp"

namespace understudy::metadata {

using ContainerPtr = std::shared_ptr<const Container>;

/// The running containers at one moment. Immutable, so thread-safe; what it gives out lives on without it.
class ContainerSet {
 public:
  /// Of nothing: nobody has asked the engine yet, or its last word was `error`. Containers known before may be kept for
  /// their documents; nobody is known by address then, for the address may be another's by now.
  explicit ContainerSet(std::optional<Error> error = std::nullopt, std::vector<ContainerPtr> before = {});
  /// What the engine tells right now; `missing` where it does not tell of one that runs, which so has an address that
  /// nobody is known by.
  static ContainerSet current(std::vector<ContainerPtr> containers, std::optional<Error> missing = std::nullopt);

  /// Whether events are followed, so that each change shows here within moments.
  [[nodiscard]] bool is_current() const { return is_current_; }
  /// Why not, or why not all of them are known; nullopt before the first attempt.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  /// By their ids.
  [[nodiscard]] const std::vector<ContainerPtr>& containers() const { return containers_; }

  /// The one whose id begins so; null where none or several do, or the prefix is shorter than 12 digits, which is how
  /// Docker abbreviates.
  [[nodiscard]] ContainerPtr by_id(std::string_view prefix) const;
  /// By the docker name: `shop-web-1`.
  [[nodiscard]] ContainerPtr by_name(std::string_view name) const;
  /// By an address in any of its networks, as a literal: `172.18.0.3`, `fd00::3`. Null where nobody has it, where two
  /// have it (each in a network of its own), and where this is not current. A hint and no proof: a container may take
  /// any free address of its network, and an address changes hands moments before we hear of it.
  [[nodiscard]] ContainerPtr by_address(std::string_view address) const;
  /// Whether that is null because two have it.
  [[nodiscard]] bool is_shared(std::string_view address) const;

 private:
  void index_addresses();

  std::vector<ContainerPtr> containers_;
  std::map<std::string, ContainerPtr, std::less<>> by_address_;  ///< Null: more than one has it.
  std::optional<Error> error_;
  bool is_current_ = false;
};

}  // namespace understudy::metadata
