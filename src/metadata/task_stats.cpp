#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/metadata/task_document.hpp"

namespace understudy::metadata {
namespace {

using Json = nlohmann::ordered_json;

struct Traffic {
  WallTime read{};
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
};

std::uint64_t count_in(const Json& network, const char* key) {
  const auto found = network.find(key);
  return found != network.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

/// Of all networks; nullopt where it tells none, or no time.
std::optional<Traffic> traffic_of(const Json& stats) {
  const auto networks = stats.find("networks");
  const auto read = stats.find("read");
  if (networks == stats.end() || !networks->is_object() || read == stats.end() || !read->is_string()) {
    return std::nullopt;
  }
  const auto time = parse_iso8601(read->get<std::string>());
  if (!time) {
    return std::nullopt;
  }
  Traffic traffic{*time, 0, 0};
  for (const auto& [name, network] : networks->items()) {
    if (network.is_object()) {
      traffic.received += count_in(network, "rx_bytes");
      traffic.sent += count_in(network, "tx_bytes");
    }
  }
  return traffic;
}

/// Counters begin anew with a container's network.
double rate_of(std::uint64_t now, std::uint64_t before, std::chrono::duration<double> passed) {
  return now < before ? 0 : static_cast<double>(now - before) / passed.count();
}

/// Null where it is not known.
Json rates_of(const Json& now, const Json& before) {
  const auto later = traffic_of(now);
  const auto earlier = before.is_object() ? traffic_of(before) : std::nullopt;
  if (!later || !earlier || later->read <= earlier->read) {
    return nullptr;
  }
  const auto passed = later->read - earlier->read;
  return {{"rx_bytes_per_sec", rate_of(later->received, earlier->received, passed)},
          {"tx_bytes_per_sec", rate_of(later->sent, earlier->sent, passed)}};
}

}  // namespace

std::string render_stats(const ContainerStats& stats, TaskVersion version) {
  const bool is_v4 = version == TaskVersion::kV4;
  auto now = parse_ordered_json(stats.now);
  if (!now.is_object()) {
    return is_v4 ? "{}" : "null";
  }
  auto rates = is_v4 ? rates_of(now, parse_ordered_json(stats.before)) : Json();
  if (rates.is_null()) {
    return std::string(trim(stats.now));
  }
  now["network_rate_stats"] = std::move(rates);
  return now.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string render_task_stats(const std::vector<std::pair<std::string, ContainerStats>>& containers,
                              TaskVersion version) {
  std::string out = "{";
  for (const auto& [id, stats] : containers) {
    out += out.size() > 1 ? "," : "";
    append_json_string(out, id);
    out += ":" + render_stats(stats, version);
  }
  return out + "}";
}

}  // namespace understudy::metadata
