#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "understudy/metadata/versions.hpp"

namespace understudy::metadata {

/// What a path answers with.
struct Content {
  enum class Kind {
    kText,                     ///< `text`, which is a leaf's value or a folder's listing.
    kRoleCredentials,          ///< The role's current document, which is not the tree's to know.
    kExtendedRoleCredentials,  ///< The same with the account.
    kUserData,                 ///< `text`, which is bytes of somebody's.
    // What signs the identity document, whose text stands at kIdentityDocument.
    kIdentitySignature,
    kIdentityPkcs7,
    kIdentityRsa2048,
    kAnnounced,  ///< Listed by its folder although nothing is there yet: 404.
  };
  Kind kind = Kind::kText;
  std::shared_ptr<const std::string> text;
};

/// One leaf, as a builder of trees names it.
struct Leaf {
  std::string path;  ///< Below the version: `meta-data/instance-id`.
  std::string text;
  Content::Kind kind = Content::Kind::kText;
  /// What the folder that holds the leaf is listed as in its own folder, where that is not its name: `0=mine`.
  std::string folder_listed_as{};
};

/// Every path that an instance answers, with each folder's listing written out once for every version in which it
/// differs: listings are sorted by bytes, one name a line, `/` behind folders, no newline at the end. A leaf exists
/// from the version on that `first_version_of` tells; a folder without leaves does not exist. Immutable once built, so
/// thread-safe.
class Tree {
 public:
  /// What the root lists; every version answers in either case.
  enum class Root { kEveryVersion, kLatest };
  /// REQUIRES: no path twice, and none that is a folder of another.
  explicit Tree(const std::vector<Leaf>& leaves, Root root = Root::kEveryVersion);

  /// `path` is normal (service::normalise_path): ``, `latest`, `2021-03-23/meta-data/iam`. nullptr where nothing is.
  [[nodiscard]] const Content* find(std::string_view path) const;

 private:
  struct Edition {
    Version since;
    Content content;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  Content versions_;
  Content categories_;
  std::unordered_map<std::string, std::vector<Edition>, Hash, std::equal_to<>> editions_;
};

}  // namespace understudy::metadata
