#include <fmt/format.h>

#include "forms.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"
#include "understudy/metadata/instance.hpp"

namespace understudy::metadata {
namespace {

bool is_instance_id(std::string_view text) { return is_aws_id("i-", text); }
bool is_image_id(std::string_view text) { return is_aws_id("ami-", text); }

bool is_instance_type(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() && is_lower_word(text, "-.");
}

bool is_zone(std::string_view text) {
  return text.size() > 2 && is_lower(text.back()) && is_digit(text[text.size() - 2]) && is_lower(text.front()) &&
         is_lower_word(text, "-");
}

bool is_zone_id(std::string_view text) {
  const auto az = text.find("-az");
  return az != std::string_view::npos && az > 0 && parse_decimal(text.substr(az + 3)).has_value() &&
         is_lower_word(text, "-.");
}

/// The characters that tags in instance metadata may have (EC2 User Guide, "Work with instance tags in instance
/// metadata").
bool is_tag_key(std::string_view text) {
  return is_word(text, "+-=.,_:@") && text.size() <= 128 && text != "." && text != ".." && text != "_index";
}

/// One segment of a path, or the name of a key pair.
bool is_segment(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text != "." && text != ".." && is_visible(text) &&
         text.find('/') == std::string_view::npos;
}

bool is_one_line(std::string_view text) {
  return !text.empty() && text.find_first_of("\n\r") == std::string_view::npos;
}

/// The members of a map whose keys have a form; one that has not is left out with a problem.
std::vector<std::pair<std::string, std::string>> checked_pairs(Fields& fields, std::string_view key, const Form& form,
                                                               std::string_view expected) {
  auto pairs = fields.pairs(key);
  std::erase_if(pairs, [&](const auto& pair) {
    const bool is_wrong = !form(pair.first);
    if (is_wrong) {
      fields.problem(key, fmt::format("expected {}, found \"{}\"", expected, escape_for_log(pair.first, 40)));
    }
    return is_wrong;
  });
  return pairs;
}

void read_placement(const Node* node, PlacementSettings& out, std::vector<Problem>& problems) {
  if (node == nullptr) {
    return;
  }
  Fields fields(*node, problems);
  out.group_name = checked_text(fields, "group", is_one_line, "the placement group's name");
  out.host_id = checked_text(
      fields, "host_id", [](std::string_view text) { return is_aws_id("h-", text); },
      "a dedicated host's id such as h-0123456789abcdef0");
  if (const auto number = fields.number("partition", 1, 7)) {
    out.partition_number = std::to_string(*number);
  }
  fields.finish();
}

void read_extras(Fields& fields, InstanceSettings& settings) {
  settings.tags = checked_pairs(fields, "tags", is_tag_key, "a tag's key of letters, digits and + - = . , _ : @");
  settings.tags_are_shown = fields.flag("show_tags").value_or(true);
  for (auto& [name, key] : checked_pairs(fields, "public_keys", is_segment, "a key pair's name")) {
    settings.public_keys.push_back({name, key});
  }
  for (auto& [name, device] : checked_pairs(fields, "block_devices", is_segment, "a name such as root or ebs1")) {
    settings.block_devices.push_back({name, device});
  }
  settings.product_codes = checked_texts(fields, "product_codes", is_one_line, "product codes");
  settings.ancestor_image_ids = checked_texts(fields, "ancestor_image_ids", is_image_id, "image ids");
  settings.kernel_id = fields.text("kernel_id");
  settings.ramdisk_id = fields.text("ramdisk_id");
  settings.auto_scaling_state = read_target_state(fields, "auto_scaling");
  settings.hibernation = fields.flag("hibernation");
  settings.user_data = fields.text("user_data");
  settings.user_data_file = fields.text("user_data_file").value_or("");
  if (settings.user_data && !settings.user_data_file.empty()) {
    fields.problem("user_data_file", "expected user_data or user_data_file, not both");
  }
}

}  // namespace

std::optional<std::string> read_target_state(Fields& fields, std::string_view key) {
  return fields.choice(key, {"Detached", "InService", "Standby", "Terminated", "Warmed:Hibernated", "Warmed:Running",
                             "Warmed:Stopped", "Warmed:Terminated"});
}

std::vector<std::pair<std::string, std::optional<std::string>>> read_tag_changes(const Node& node,
                                                                                 std::vector<Problem>& problems) {
  std::vector<std::pair<std::string, std::optional<std::string>>> out;
  if (node.kind != Node::Kind::kMap) {
    problems.push_back({node.path, node.line, "expected a map of tags and their values, null for one to take away"});
  }
  for (const auto& [key, value] : node.members) {
    const bool is_null = value.kind == Node::Kind::kNull;
    if (!is_tag_key(key)) {
      problems.push_back({value.path, value.line, "expected a tag's key of letters, digits and + - = . , _ : @"});
    } else if (is_null || value.kind == Node::Kind::kScalar) {
      out.emplace_back(key, is_null ? std::nullopt : std::optional(value.scalar));
    } else {
      problems.push_back({value.path, value.line, "expected a text, or null to take the tag away"});
    }
  }
  return out;
}

InstanceSettings read_instance_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  InstanceSettings settings;
  settings.id = checked_text(fields, "id", is_instance_id, "an instance id such as i-0123456789abcdef0");
  settings.type = checked_text(fields, "type", is_instance_type, "an instance type such as m7g.large");
  settings.image_id = checked_text(fields, "image_id", is_image_id, "an image id such as ami-0123456789abcdef0");
  settings.availability_zone = checked_text(fields, "availability_zone", is_zone, "a zone such as us-east-1a");
  settings.availability_zone_id =
      checked_text(fields, "availability_zone_id", is_zone_id, "a zone id such as use1-az1");
  settings.account_id =
      checked_text(fields, "account_id", aws::is_account_id, "an account of 12 digits such as \"111122223333\"");
  settings.private_ip = checked_text(fields, "private_ip", is_ipv4, "an IPv4 address such as 10.0.0.7");
  settings.hostname = checked_text(fields, "hostname", is_host_name, "a host name in lower case such as web.example");
  settings.mac = checked_text(fields, "mac", is_mac, "six lower-case hex pairs such as \"02:00:00:00:00:01\"");
  settings.architecture = fields.choice("architecture", {"x86_64", "arm64", "i386"});
  settings.life_cycle = fields.choice("life_cycle", {"on-demand", "spot"});
  settings.network = read_network_settings(fields, problems, settings.mac);
  read_placement(fields.node("placement"), settings.placement, problems);
  read_extras(fields, settings);
  fields.finish();
  return settings;
}

}  // namespace understudy::metadata
