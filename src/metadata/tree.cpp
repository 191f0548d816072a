#include "understudy/metadata/tree.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace understudy::metadata {
namespace {

Content text_content(std::string text) {
  return {Content::Kind::kText, std::make_shared<const std::string>(std::move(text))};
}

template <class Names>
std::string lines(const Names& names) {
  std::string out;
  for (const auto& name : names) {
    out += out.empty() ? "" : "\n";
    out += name;
  }
  return out;
}

/// The names in a folder, by the version that brought each.
using Children = std::map<Version, std::set<std::string>>;

/// Every folder above the leaf, with the child through which the leaf is reached.
void note_folders(std::map<std::string, Children>& folders, const Leaf& leaf, Version since) {
  const std::string_view path = leaf.path;
  auto child_end = path.size();
  int level = 0;
  for (auto slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/', slash - 1), ++level) {
    std::string name(path.substr(slash + 1, child_end - slash - 1));
    if (level == 1 && !leaf.folder_listed_as.empty()) {
      name = leaf.folder_listed_as;
    } else if (level > 0) {
      name += '/';
    }
    folders[std::string(path.substr(0, slash))][since].insert(std::move(name));
    child_end = slash;
  }
}

}  // namespace

Tree::Tree(const std::vector<Leaf>& leaves, Root root)
    // Real instances list user-data here also where it is a 404.
    : categories_(text_content("dynamic\nmeta-data\nuser-data")) {
  std::vector<std::string_view> names;
  if (root == Root::kEveryVersion) {
    names.assign(versions().begin(), versions().end());
  }
  names.emplace_back("latest");
  versions_ = text_content(lines(names));

  std::map<std::string, Children> folders;
  for (const auto& leaf : leaves) {
    const auto since = first_version_of(leaf.path);
    auto content = text_content(leaf.text);
    content.kind = leaf.kind;
    editions_[leaf.path].push_back({since, std::move(content)});
    note_folders(folders, leaf, since);
  }
  for (const auto& [path, children] : folders) {
    std::set<std::string> so_far;
    for (const auto& [since, added] : children) {
      so_far.insert(added.begin(), added.end());
      editions_[path].push_back({since, text_content(lines(so_far))});
    }
  }
}

const Content* Tree::find(std::string_view path) const {
  if (path.empty()) {
    return &versions_;
  }
  const auto slash = path.find('/');
  const auto version = find_version(path.substr(0, slash));
  if (!version) {
    return nullptr;
  }
  if (slash == std::string_view::npos) {
    return &categories_;
  }
  const auto found = editions_.find(path.substr(slash + 1));
  if (found == editions_.end()) {
    return nullptr;
  }
  const auto& editions = found->second;
  const auto newest = std::find_if(editions.rbegin(), editions.rend(),
                                   [&](const Edition& edition) { return edition.since <= *version; });
  return newest == editions.rend() ? nullptr : &newest->content;
}

}  // namespace understudy::metadata
