#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What amazon-ec2-metadata-mock (AEMM) serves whatever it mocks, as data.
/// Source: its pkg/config/defaults/aemm-metadata-default-values.json and pkg/config/metadata.go. Beside its values, the
/// public key is one that nobody has, and pkcs7 and signature have no default: ours are real ones.
namespace understudy::app {

// The defaults that stand in paths, too.
inline constexpr std::string_view kDefaultMac = "0e:49:61:0f:c3:11";
inline constexpr std::string_view kDefaultPublicIp = "192.0.2.54";
inline constexpr std::string_view kDefaultAccelerator = "eia-bfa21c7904f64a82a21b9f4540169ce1";

/// One of its paths with a plain text. In path and value, `{mac}` and `{public-ipv4}` stand for the values of these
/// names, and `{interface}` for `meta-data/network/interfaces/macs/{mac}`.
struct MockLeaf {
  std::string_view section;  ///< `metadata` or `dynamic`: the key is `metadata.values.mac`.
  std::string_view name;     ///< `mac`
  std::string_view path;     ///< Below a version: `meta-data/mac`.
  std::string_view value;    ///< Its default; empty: only what is said takes our own text's place.
  std::string_view place;    ///< What it is in `imds.instance`: `mac`, `vpc.id`; empty: nothing there, or it follows.

  [[nodiscard]] std::string value_key() const;
  [[nodiscard]] std::string path_key() const;
};
[[nodiscard]] const std::vector<MockLeaf>& mock_leaves();

/// A member of a document that AEMM keeps as a map.
struct MockMember {
  std::string_view name;   ///< `imageId`; in AEMM's keys in lower case.
  std::string_view value;  ///< Its default; empty: null.
};

/// One of its paths with a JSON document.
struct MockDocument {
  std::string_view prefix;    ///< Of its members' keys: `metadata.values.iam-info.`
  std::string_view path_key;  ///< `metadata.paths.iam-info`
  std::string_view path;      ///< `meta-data/iam/info`; `{accelerator}` stands for that value.
  const std::vector<MockMember>& members;
  std::string_view inside{};  ///< The one member of the document that holds the members; empty: they are its own.
};
[[nodiscard]] const std::vector<MockDocument>& mock_documents();

/// `{mac}` and the others as the defaults above.
[[nodiscard]] std::string with_default_names(std::string_view text);

}  // namespace understudy::app
