#include "understudy/metadata/document.hpp"

#include "understudy/base/text.hpp"

namespace understudy::metadata {

std::string render_document(const std::vector<Member>& members) {
  std::string out = "{";
  for (const auto& member : members) {
    out += &member == members.data() ? "\n  " : ",\n  ";
    append_json_string(out, member.key);
    out += " : ";
    if (member.text) {
      append_json_string(out, *member.text);
    } else {
      out += "null";
    }
  }
  out += "\n}";
  return out;
}

}  // namespace understudy::metadata
