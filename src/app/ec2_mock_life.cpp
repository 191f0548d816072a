#include "understudy/app/ec2_mock_life.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::app {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using std::chrono::seconds;

constexpr seconds kDay = std::chrono::hours(24);
constexpr seconds kSpotNotice = std::chrono::minutes(2);
constexpr const char* kSpotAction = "meta-data/spot/instance-action";
constexpr const char* kSpotTime = "meta-data/spot/termination-time";
constexpr const char* kRebalance = "meta-data/events/recommendations/rebalance";
constexpr const char* kScheduled = "meta-data/events/maintenance/scheduled";

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// `1 Jan 2020 01:03:47 GMT`
std::string event_time(WallTime time) {
  const auto text = format_http_date(time).substr(5);
  return text.starts_with('0') ? text.substr(1) : text;
}

class LifeTranslator {
 public:
  LifeTranslator(const MockSettings& settings, MockPlay play, WallTime now)
      : settings_(settings), play_(play), now_(now) {
    out_.events = json::array();
  }

  MockLife translate() {
    check_numbers();
    if (has(MockPlay::kSpot)) {
      add_spot();
      add_rebalance();
    }
    if (has(MockPlay::kEvents)) {
      add_maintenance();
    }
    if (has(MockPlay::kAutoScaling)) {
      add_auto_scaling();
    }
    return std::move(out_);
  }

 private:
  /// When something comes, and that as a cue says it.
  struct Moment {
    WallTime time;
    json cue;
  };

  [[nodiscard]] bool has(MockPlay play) const { return play_ == MockPlay::kEverything || play_ == play; }

  void check_numbers() {
    for (const auto* key : {"mock-delay-sec", "mock-ip-count", "rebalance-delay-sec", "asg-termination-delay-sec"}) {
      const auto text = settings_.text(key);
      const auto digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
      const auto number = parse_decimal(digits);
      if (!number || *number > 300'000'000) {
        out_.problems.push_back(
            fmt::format("{}: expected a whole number, found \"{}\"", key, escape_for_log(text, 40)));
      }
    }
  }

  std::optional<WallTime> time_in(const std::string& key) {
    const auto text = settings_.text(key);
    if (text.empty()) {
      return std::nullopt;
    }
    const auto time = parse_iso8601(text);
    if (!time) {
      out_.problems.push_back(
          fmt::format("{}: expected a time such as 2020-01-07T01:03:47Z, found \"{}\"", key, escape_for_log(text, 40)));
    }
    return time;
  }

  std::string word_in(const std::string& key, std::initializer_list<std::string_view> allowed) {
    auto text = settings_.text(key);
    if (std::ranges::find(allowed, text) == allowed.end()) {
      out_.problems.push_back(
          fmt::format("{}: expected one of {}, found \"{}\"", key, fmt::join(allowed, ", "), escape_for_log(text, 40)));
    }
    return text;
  }

  Moment moment(const std::string& trigger_key, const std::string& delay_key) {
    if (const auto time = time_in(trigger_key)) {
      return {std::max(*time, now_), {{"at", format_iso8601(*time)}}};
    }
    const auto delay = seconds(std::max<std::int64_t>(0, number_of(settings_.text(delay_key))));
    return {now_ + delay, {{"after", delay.count()}}};
  }

  /// For everyone, for the first so many clients, or for nobody.
  void add(json cue, const std::string& act, json value) {
    const auto clients = number_of(settings_.text("mock-ip-count"));
    if (clients == 0) {
      return;
    }
    if (clients > 0) {
      cue["clients"] = {{"first", clients}};
    }
    cue[act] = std::move(value);
    out_.events.push_back(std::move(cue));
  }

  void add_spot() {
    json spot{{"action", word_in("spot.action", {"terminate", "hibernate", "stop"})}};
    if (const auto time = time_in("spot.time")) {
      spot["time"] = format_iso8601(*time);
    } else {
      spot["in"] = kSpotNotice.count();
    }
    add(moment("mock-trigger-time", "mock-delay-sec").cue, "spot_interruption", std::move(spot));
    out_.announced.emplace_back(kSpotAction);
    out_.announced.emplace_back(kSpotTime);
  }

  void add_rebalance() {
    const auto time = time_in("spot.rebalance-rec-time");
    add(moment("rebalance-trigger-time", "rebalance-delay-sec").cue, "rebalance",
        time ? json{{"time", format_iso8601(*time)}} : json::object());
    out_.announced.emplace_back(kRebalance);
  }

  void add_maintenance() {
    const auto start = moment("mock-trigger-time", "mock-delay-sec");
    const auto code = word_in("events.code", {"instance-reboot", "system-reboot", "system-maintenance",
                                              "instance-retirement", "instance-stop"});
    const auto state = word_in("events.state", {"active", "completed", "canceled"});
    const auto not_before = time_in("events.not-before").value_or(now_);
    const auto not_after = time_in("events.not-after").value_or(now_ + 7 * kDay);
    const auto deadline = time_in("events.not-before-deadline").value_or(now_ + 9 * kDay);
    const auto events = ordered_json::array({{{"Code", code},
                                              {"Description", "The instance is scheduled for " + code},
                                              {"State", state},
                                              {"EventId", settings_.text("metadata.values.event-id")},
                                              {"NotBefore", event_time(not_before)},
                                              {"NotAfter", event_time(not_after)},
                                              {"NotBeforeDeadline", event_time(deadline)}}});
    add(start.cue, "paths", {{kScheduled, events.dump(1, '\t', false, ordered_json::error_handler_t::replace)}});
    out_.announced.emplace_back(kScheduled);
  }

  void add_auto_scaling() {
    const auto end = moment("asg-termination-trigger-time", "asg-termination-delay-sec");
    if (end.time > now_) {
      add(json::object(), "auto_scaling", "InService");
    }
    add(end.cue, "auto_scaling", "Terminated");
  }

  const MockSettings& settings_;
  const MockPlay play_;
  const WallTime now_;
  MockLife out_;
};

}  // namespace

MockLife translate_mock_life(const MockSettings& settings, MockPlay play, WallTime now) {
  return LifeTranslator(settings, play, now).translate();
}

}  // namespace understudy::app
