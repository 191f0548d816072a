#include "understudy/app/ec2_mock_metadata.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "understudy/app/ec2_mock_leaves.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/metadata/instance_leaves.hpp"
#include "understudy/service/imds_scene.hpp"
#include "understudy/service/imds_settings.hpp"
#include "understudy/service/json_node.hpp"

namespace understudy::app {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Paths below a version, with their texts.
using Texts = std::map<std::string, std::string, std::less<>>;

void replace_all(std::string& text, std::string_view old, std::string_view by) {
  for (auto at = text.find(old); at != std::string::npos && old != by; at = text.find(old, at + by.size())) {
    text.replace(at, old.size(), by);
  }
}

std::string dump(const ordered_json& document, int indent) {
  return document.dump(indent, '\t', false, ordered_json::error_handler_t::replace);
}

class MetadataTranslator {
 public:
  explicit MetadataTranslator(const MockSettings& settings) : settings_(settings) {}

  MockMetadata translate() {
    read_region_and_role();
    read_user_data();
    out_.instance = json::object();
    for (const auto& leaf : mock_leaves()) {
      add_leaf(leaf);
    }
    for (const auto& [tag, value] : settings_.said_below("metadata.values.tags-instance.")) {
      place("tags." + tag, value);
      add_text("/latest/meta-data/tags/instance/" + tag, value);
    }
    for (const auto& document : mock_documents()) {
      add_document(document);
    }
    note_fixed_paths();
    out_.paths = differences(leaves_of_instance());
    return std::move(out_);
  }

 private:
  void read_region_and_role() {
    const auto fits = [](const char* key, const std::string& value) {
      std::vector<Problem> problems;
      static_cast<void>(service::read_imds_settings(service::node_of(json{{key, value}}), problems));
      return problems.empty();
    };
    out_.region = settings_.text("metadata.values.placement-region");
    out_.region = aws::is_region(out_.region) ? out_.region : "us-east-1";
    const auto role = settings_.text("metadata.values.iam-security-credentials-role");
    out_.role_name = fits("role_name", role) ? role : "baskinc-role";
    if (out_.role_name != role) {
      out_.notes.push_back(
          fmt::format("iam-security-credentials-role: \"{}\" can not be a role's name, so the role is {}",
                      escape_for_log(role, 80), out_.role_name));
    }
  }

  void read_user_data() {
    const auto value = settings_.text("userdata.values.userdata");
    const auto decoded = unbase64(value);
    if (!decoded) {
      out_.notes.emplace_back("userdata: the value is no base64, so user-data is empty, as it is with AEMM");
    }
    out_.user_data = decoded.value_or("");
    if (settings_.is_said("userdata.paths.userdata")) {
      out_.notes.emplace_back("userdata.paths.userdata: user-data stays at /latest/user-data");
    }
  }

  void note_fixed_paths() {
    for (const auto* key :
         {"events", "spot", "spot-termination-time", "rebalance-rec-time", "target-lifecycle-state",
          "iam-security-credentials-role", "iam-security-credentials", "elastic-inference-associations"}) {
      const auto path_key = fmt::format("metadata.paths.{}", key);
      const auto role_path = "/latest/meta-data/iam/security-credentials/" + out_.role_name;
      if (settings_.is_said(path_key) && settings_.text(path_key) != role_path) {
        out_.notes.push_back(fmt::format("{}: it stays where instances have it, at {}", path_key,
                                         mock_defaults().find(path_key)->second));
      }
    }
  }

  void add_leaf(const MockLeaf& leaf) {
    const auto value = settings_.is_said(leaf.value_key()) ? settings_.text(leaf.value_key()) : default_of(leaf);
    if (value.empty() && !settings_.is_said(leaf.value_key())) {
      ours_.push_back(std::string(leaf.path));
      return;
    }
    if (!leaf.place.empty()) {
      place(std::string(leaf.place), value);
    }
    add_text(settings_.text(leaf.path_key()), value);
  }

  void add_document(const MockDocument& document) {
    ordered_json members = ordered_json::object();
    for (const auto& member : document.members) {
      const auto text = settings_.text(to_lower(std::string(document.prefix) + std::string(member.name)));
      auto& value = members[std::string(member.name)];
      if (const auto list = parse_ordered_json(text); list.is_array()) {
        value = list;
      } else if (!text.empty()) {
        value = text;
      }
    }
    const bool is_inside = !document.inside.empty();
    if (is_inside) {
      members = ordered_json{{std::string(document.inside), members}};
    }
    add_text(settings_.text(document.path_key), dump(members, is_inside ? -1 : 1));
  }

  [[nodiscard]] std::string default_of(const MockLeaf& leaf) const {
    std::string text(leaf.value);
    replace_all(text, "{mac}", settings_.text("metadata.values.mac"));
    replace_all(text, "{public-ipv4}", settings_.text("metadata.values.public-ipv4"));
    return text;
  }

  /// The defaults of names that stand in paths give way to what is said of them, as with AEMM.
  [[nodiscard]] std::string with_names(std::string text) const {
    replace_all(text, kDefaultMac, settings_.text("metadata.values.mac"));
    if (text.find("ipv4-associations") != std::string::npos) {
      replace_all(text, kDefaultPublicIp, settings_.text("metadata.values.public-ipv4"));
    }
    replace_all(text, kDefaultAccelerator, settings_.text("metadata.values.elastic-inference-associations"));
    return text;
  }

  void add_text(const std::string& said_path, const std::string& text) {
    constexpr std::string_view kLatest = "/latest/";
    auto path = with_names(said_path);
    if (path.starts_with(kLatest)) {
      path.erase(0, kLatest.size());
    }
    std::vector<Problem> problems;
    const auto node = service::node_of(json{{path, text}});
    static_cast<void>(service::read_paths(&node, problems));
    if (!problems.empty()) {
      out_.notes.push_back(fmt::format("{} can not be served: paths are below /latest/meta-data or /latest/dynamic",
                                       escape_for_log(said_path, 120)));
      return;
    }
    texts_[path] = text;
  }

  /// Gives a value to the instance, unless it has not the form that ours have.
  void place(const std::string& where, const std::string& value) {
    const auto dot = where.find('.');
    const auto key = where.substr(0, dot);
    json alone;
    (dot == std::string::npos ? alone[key] : alone[key][where.substr(dot + 1)]) = value;
    std::vector<Problem> problems;
    static_cast<void>(metadata::read_instance_settings(service::node_of(alone), problems));
    if (problems.empty()) {
      out_.instance.merge_patch(alone);
    }
  }

  /// As they would be without `imds.paths`.
  [[nodiscard]] std::vector<metadata::Leaf> leaves_of_instance() const {
    std::vector<Problem> problems;
    service::ImdsSettings imds;
    imds.instance = metadata::read_instance_settings(service::node_of(out_.instance), problems);
    return service::imds_leaves(imds, metadata::derive_instance(imds.instance, {out_.region, "mock", "", {}}),
                                out_.role_name);
  }

  [[nodiscard]] json differences(const std::vector<metadata::Leaf>& leaves) const {
    json paths = json::object();
    Texts there;
    for (const auto& leaf : leaves) {
      const bool is_own = leaf.path.starts_with("meta-data/iam/security-credentials/") ||
                          std::ranges::find(ours_, leaf.path) != ours_.end();
      if (!is_own && !texts_.contains(leaf.path)) {
        paths[leaf.path] = nullptr;
      } else if (leaf.kind == metadata::Content::Kind::kText) {
        there[leaf.path] = leaf.text;
      }
    }
    for (const auto& [path, text] : texts_) {
      const auto same = there.find(path);
      // A key's line has an end, which AEMM leaves out.
      if (same == there.end() || trim(same->second) != trim(text)) {
        paths[path] = text;
      }
    }
    return paths;
  }

  const MockSettings& settings_;
  MockMetadata out_;
  Texts texts_;
  std::vector<std::string> ours_;  ///< Paths whose text is our own.
};

}  // namespace

MockMetadata translate_mock_metadata(const MockSettings& settings) { return MetadataTranslator(settings).translate(); }

}  // namespace understudy::app
