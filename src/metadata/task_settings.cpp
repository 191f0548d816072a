#include "understudy/metadata/task_settings.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "forms.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/base/address_range.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"

namespace understudy::metadata {
namespace {

constexpr std::uint64_t kMostUnits = 192 * 1024;         ///< 192 vCPUs.
constexpr std::uint64_t kMostMemory = 24 * 1024 * 1024;  ///< 24 TiB, the largest instance.
constexpr std::size_t kIdDigits = 64;

/// What Docker takes as a name, which covers those of projects, services and clusters.
bool is_name(std::string_view text) {
  return is_word(text, "_.-") && text.size() <= 255 && is_alphanumeric(text.front());
}

bool is_container_id(std::string_view text) {
  return text.size() == kIdDigits &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_arn(std::string_view text) { return aws::parse_arn(text).has_value(); }
bool is_cluster(std::string_view text) { return is_name(is_arn(text) ? text.substr(text.rfind('/') + 1) : text); }
bool is_object(std::string_view text) { return parse_json(text).is_object(); }
bool is_vpc_id(std::string_view text) { return is_aws_id("vpc-", text); }

std::optional<std::int64_t> read_number(Fields& fields, std::string_view key, std::uint64_t most) {
  const auto number = fields.number(key, 1, most);
  return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
}

ContainerOverride read_container(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  ContainerOverride out;
  out.arn = checked_text(fields, "arn", is_arn, "an ARN such as arn:aws:ecs:us-east-1:111122223333:container/dev/..");
  out.name = checked_text(fields, "name", is_name, "a name such as web");
  out.cpu_units = read_number(fields, "cpu", kMostUnits);
  out.memory_mib = read_number(fields, "memory", kMostMemory);
  out.id = checked_text(fields, "id", is_container_id, "64 lower-case hex digits");
  out.image = fields.text("image");
  out.addresses = checked_texts(
      fields, "addresses", [](std::string_view text) { return is_ip(text); }, "IP addresses such as 172.18.0.2");
  for (auto& [key, value] : fields.pairs("labels")) {
    out.labels.insert_or_assign(key, std::move(value));
  }
  fields.finish();
  return out;
}

/// The members of a map that has names for keys.
template <class Read>
void read_named(const Node* node, std::string_view example, std::string_view every, std::vector<Problem>& problems,
                const Read& read) {
  if (node == nullptr) {
    return;
  }
  Fields fields(*node, problems);
  for (const auto& [name, value] : node->members) {
    if (!is_name(name) && (every.empty() || name != every)) {
      fields.problem(name, fmt::format("expected a name of letters, digits and _ . -, such as {}", example));
    }
    read(name, value);
  }
}

TaskOverride read_task(const Node& node, std::vector<Problem>& problems) {
  constexpr double kUnitsInOne = 1024;
  Fields fields(node, problems);
  TaskOverride out;
  out.arn = checked_text(fields, "arn", is_arn, "an ARN such as arn:aws:ecs:us-east-1:111122223333:task/dev/..");
  out.family = checked_text(fields, "family", is_name, "a family such as shop");
  out.revision = fields.text("revision");
  out.service_name = checked_text(fields, "service", is_name, "a service such as web");
  out.group = fields.text("group");
  if (const auto units = read_number(fields, "cpu", kMostUnits)) {
    out.vcpus = static_cast<double>(*units) / kUnitsInOne;
  }
  out.memory_mib = read_number(fields, "memory", kMostMemory);
  out.tags = fields.pairs("tags");
  read_named(fields.node("containers"), "web", "", problems, [&](const std::string& name, const Node& value) {
    out.containers.insert_or_assign(name, read_container(value, problems));
  });
  fields.finish();
  return out;
}

void read_ecs(const Node& node, TaskSettings& out, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  out.account_id =
      checked_text(fields, "account_id", aws::is_account_id, "an account of 12 digits such as \"111122223333\"")
          .value_or("");
  out.cluster =
      checked_text(fields, "cluster", is_cluster, "a cluster's name or ARN, such as default").value_or(out.cluster);
  out.availability_zone = checked_text(fields, "availability_zone", is_name, "a zone such as us-east-1a").value_or("");
  out.vpc_id = checked_text(fields, "vpc_id", is_vpc_id, "a VPC's id such as vpc-0123456789abcdef0").value_or("");
  out.launch_type = fields.choice("launch_type", {"EC2", "FARGATE", "EXTERNAL"}).value_or(out.launch_type);
  out.instance_tags = fields.pairs("instance_tags");
  constexpr std::string_view kObject = R"(a JSON object as a text, such as '{"Limits": {"CPU": 0.25}}')";
  out.overlays.task = checked_text(fields, "task_overlay", is_object, kObject).value_or("");
  out.overlays.container = checked_text(fields, "container_overlay", is_object, kObject).value_or("");
  fields.finish();
}

}  // namespace

TaskSettings read_task_settings(Fields& containers, std::vector<Problem>& problems) {
  TaskSettings out;
  out.account_id.clear();
  if (const Node* const ecs = containers.node("ecs")) {
    read_ecs(*ecs, out, problems);
  }
  read_named(containers.node("tasks"), "shop", kEveryTask, problems, [&](const std::string& name, const Node& value) {
    out.tasks.insert_or_assign(name, read_task(value, problems));
  });
  return out;
}

}  // namespace understudy::metadata
