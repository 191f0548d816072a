#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace understudy {

/// The elements of a vector by their key, for who looks up many: a look at each for each would take a second and more
/// for ten thousand roles. Of elements with the same key the first is found.
///
/// REQUIRES: the vector outlives the index and stays as it is. Reading is thread-safe.
template <class Element>
class KeyIndex {
 public:
  KeyIndex(const std::vector<Element>& elements, std::string Element::* key) {
    found_.reserve(elements.size());
    for (const auto& element : elements) {
      found_.emplace(element.*key, &element);
    }
  }

  /// nullptr where there is none.
  [[nodiscard]] const Element* find(std::string_view key) const {
    const auto found = found_.find(key);
    return found == found_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string_view, const Element*> found_;
};

}  // namespace understudy
