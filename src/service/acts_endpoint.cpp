#include <charconv>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/act.hpp"

/// How the instance metadata service behaves.
namespace understudy::service {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestLatency = std::chrono::minutes(1);

Act scene_act(ImdsShow::Change change) {
  return [change = std::move(change)](const Playground& ground, const Audience& audience) {
    return change_scene(ground, audience, change);
  };
}

/// One of two words.
std::optional<bool> read_word(const Node& value, std::string_view yes, std::string_view no,
                              std::vector<Problem>& problems) {
  if (value.kind == Node::Kind::kScalar && (value.scalar == yes || value.scalar == no)) {
    return value.scalar == yes;
  }
  problems.push_back({value.path, value.line, "expected " + std::string(yes) + " or " + std::string(no)});
  return std::nullopt;
}

Act read_endpoint(const Node& value, std::vector<Problem>& problems) {
  const bool enabled = read_word(value, "enabled", "disabled", problems).value_or(true);
  return scene_act([enabled](ImdsScene& scene) { scene.is_enabled = enabled; });
}

Act read_tokens(const Node& value, std::vector<Problem>& problems) {
  const bool required = read_word(value, "required", "optional", problems).value_or(true);
  return scene_act([required](ImdsScene& scene) { scene.tokens_required = required; });
}

/// `300ms`, or what parse_duration reads.
std::optional<milliseconds> parse_latency(std::string_view text) {
  std::optional<milliseconds> out;
  if (text.ends_with("ms")) {
    const auto number = parse_decimal(text.substr(0, text.size() - 2));
    out = number && *number <= 60'000 ? std::optional(milliseconds(*number)) : std::nullopt;
  } else if (const auto duration = parse_duration(text)) {
    out = *duration;
  }
  return out && *out <= kLongestLatency ? out : std::nullopt;
}

Act read_latency(const Node& value, std::vector<Problem>& problems) {
  const auto latency = value.kind == Node::Kind::kScalar ? parse_latency(value.scalar) : std::nullopt;
  if (!latency) {
    problems.push_back(
        {value.path, value.line, "expected a duration such as 300ms or 2s, a minute at most; 0 ends it"});
  }
  return scene_act([latency](ImdsScene& scene) { scene.faults.latency = latency.value_or(milliseconds(0)); });
}

std::optional<double> parse_rate(std::string_view text) {
  double rate = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, rate);
  return parsed.ec == std::errc() && parsed.ptr == end && rate >= 0 && rate <= 1 ? std::optional(rate) : std::nullopt;
}

Act read_errors(const Node& value, std::vector<Problem>& problems) {
  Fields fields(value, problems);
  const auto status = static_cast<int>(fields.number("status", 400, 599).value_or(503));
  const auto text = fields.required_text("rate");
  const auto rate = parse_rate(text);
  if (!text.empty() && !rate) {
    fields.problem("rate", "expected a share such as 0.2, from 0 (none) to 1 (every request)");
  }
  fields.finish();
  return scene_act([status, rate](ImdsScene& scene) {
    scene.faults.error_status = status;
    scene.faults.error_rate = rate.value_or(0);
  });
}

Act read_throttle(const Node& value, std::vector<Problem>& problems) {
  Fields fields(value, problems);
  const auto per_second = fields.number("per_second", 0, 1'000'000);
  if (!per_second && fields.node("per_second") == nullptr) {
    fields.problem("", "expected per_second: how many requests are answered each second; 0 ends it");
  }
  fields.finish();
  return scene_act(
      [limit = static_cast<unsigned>(per_second.value_or(0))](ImdsScene& scene) { scene.faults.per_second = limit; });
}

}  // namespace

std::vector<ActKind> endpoint_acts() {
  return {
      {"endpoint", "the instance metadata service switched off (403 for everything) or on", "disabled|enabled",
       read_endpoint},
      {"tokens", "IMDSv2 required, or IMDSv1 answered too", "required|optional", read_tokens},
      {"latency", "every answer held back", "300ms", read_latency},
      {"errors", "a share of the requests answered by an error", "rate=0.2 status=503", read_errors},
      {"throttle", "more requests than these answered by 429", "per_second=5", read_throttle},
  };
}

}  // namespace understudy::service
