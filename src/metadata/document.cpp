#include "understudy/metadata/document.hpp"

#include "understudy/base/text.hpp"

namespace understudy::metadata {
namespace {

void append_list(std::string& out, std::span<const std::string> list) {
  std::string_view before = "[ ";
  for (const auto& text : list) {
    out += before;
    append_json_string(out, text);
    before = ", ";
  }
  out += " ]";
}

}  // namespace

std::string render_document(const std::vector<Member>& members) {
  std::string out = "{";
  for (const auto& member : members) {
    out += &member == members.data() ? "\n  " : ",\n  ";
    append_json_string(out, member.key);
    out += " : ";
    if (!member.list.empty()) {
      append_list(out, member.list);
    } else if (member.text) {
      append_json_string(out, *member.text);
    } else {
      out += "null";
    }
  }
  out += "\n}";
  return out;
}

}  // namespace understudy::metadata
