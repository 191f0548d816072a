#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "understudy/aws/arn.hpp"
#include "understudy/base/text.hpp"
#include "understudy/metadata/instance.hpp"

namespace understudy::metadata {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_name_char(char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; }

/// Ids have 8 hex digits (before 2016) or 17.
bool is_aws_id(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  const auto digits = text.substr(prefix.size());
  return (digits.size() == 8 || digits.size() == 17) && std::ranges::all_of(digits, is_lower_hex);
}

bool is_instance_id(std::string_view text) { return is_aws_id("i-", text); }
bool is_image_id(std::string_view text) { return is_aws_id("ami-", text); }

bool is_instance_type(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() && std::ranges::all_of(text, is_name_char);
}

bool is_zone(std::string_view text) {
  return text.size() > 2 && is_lower(text.back()) && is_digit(text[text.size() - 2]) && is_lower(text.front()) &&
         text.find('.') == std::string_view::npos && std::ranges::all_of(text, is_name_char);
}

bool is_zone_id(std::string_view text) {
  const auto az = text.find("-az");
  return az != std::string_view::npos && az > 0 && parse_decimal(text.substr(az + 3)).has_value() &&
         std::ranges::all_of(text, is_name_char);
}

bool is_ipv4(std::string_view text) {
  in_addr address{};
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, is_name_char) && !text.starts_with('.') &&
         !text.starts_with('-');
}

bool is_mac(std::string_view text) {
  const auto parts = split(text, ':');
  return parts.size() == 6 && std::ranges::all_of(parts, [](std::string_view part) {
           return part.size() == 2 && std::ranges::all_of(part, is_lower_hex);
         });
}

class Reader {
 public:
  explicit Reader(Fields& fields) : fields_(fields) {}

  std::optional<std::string> checked(std::string_view key, bool (*is_well_formed)(std::string_view),
                                     std::string_view expected) {
    auto text = fields_.text(key);
    if (text && !is_well_formed(*text)) {
      fields_.problem(key, fmt::format("expected {}, found \"{}\"", expected, escape_for_log(*text, 40)));
      text.reset();
    }
    return text;
  }

 private:
  Fields& fields_;
};

}  // namespace

InstanceSettings read_instance_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  Reader reader(fields);
  InstanceSettings settings;
  settings.id = reader.checked("id", is_instance_id, "an instance id such as i-0123456789abcdef0");
  settings.type = reader.checked("type", is_instance_type, "an instance type such as m7g.large");
  settings.image_id = reader.checked("image_id", is_image_id, "an image id such as ami-0123456789abcdef0");
  settings.availability_zone = reader.checked("availability_zone", is_zone, "a zone such as us-east-1a");
  settings.availability_zone_id = reader.checked("availability_zone_id", is_zone_id, "a zone id such as use1-az1");
  settings.account_id =
      reader.checked("account_id", aws::is_account_id, "an account of 12 digits such as \"111122223333\"");
  settings.private_ip = reader.checked("private_ip", is_ipv4, "an IPv4 address such as 10.0.0.7");
  settings.hostname = reader.checked("hostname", is_host_name, "a host name in lower case such as web.example");
  settings.mac = reader.checked("mac", is_mac, "six lower-case hex pairs such as \"02:00:00:00:00:01\"");
  settings.architecture = fields.choice("architecture", {"x86_64", "arm64", "i386"});
  settings.life_cycle = fields.choice("life_cycle", {"on-demand", "spot"});
  fields.finish();
  return settings;
}

}  // namespace understudy::metadata
