#include "forms.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "understudy/base/address_range.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::metadata {
namespace {

bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool is_cidr(int family, std::string_view text, std::uint64_t most) {
  const auto slash = text.find('/');
  const auto bits = slash == std::string_view::npos ? std::nullopt : parse_decimal(text.substr(slash + 1));
  return bits && *bits <= most && is_ip(family, text.substr(0, slash));
}

void complain(Fields& fields, std::string_view key, std::string_view expected, std::string_view found) {
  fields.problem(key, fmt::format("expected {}, found \"{}\"", expected, escape_for_log(found, 40)));
}

}  // namespace

bool is_aws_id(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  const auto digits = text.substr(prefix.size());
  return (digits.size() == 8 || digits.size() == 17) && std::ranges::all_of(digits, is_lower_hex);
}

bool is_ipv4(std::string_view text) { return is_ip(AF_INET, text); }
bool is_ipv6(std::string_view text) { return is_ip(AF_INET6, text); }
bool is_ipv4_cidr(std::string_view text) { return is_cidr(AF_INET, text, 32); }
bool is_ipv6_cidr(std::string_view text) { return is_cidr(AF_INET6, text, 128); }

bool is_mac(std::string_view text) {
  const auto parts = split(text, ':');
  return parts.size() == 6 && std::ranges::all_of(parts, [](std::string_view part) {
           return part.size() == 2 && std::ranges::all_of(part, is_lower_hex);
         });
}

bool is_host_name(std::string_view text) {
  return text.size() <= 253 && is_lower_word(text, "-.") && !text.starts_with('.') && !text.starts_with('-');
}

std::optional<std::string> checked_text(Fields& fields, std::string_view key, const Form& form,
                                        std::string_view expected) {
  auto text = fields.text(key);
  if (text && !form(*text)) {
    complain(fields, key, expected, *text);
    text.reset();
  }
  return text;
}

std::vector<std::string> checked_texts(Fields& fields, std::string_view key, const Form& form,
                                       std::string_view expected) {
  auto texts = fields.texts(key);
  const auto wrong = std::ranges::find_if_not(texts, form);
  if (wrong != texts.end()) {
    complain(fields, key, expected, *wrong);
    texts.clear();
  }
  return texts;
}

}  // namespace understudy::metadata
