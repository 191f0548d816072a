#include "understudy/app/ec2_mock_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

enum class Form { kText, kNumber, kSwitch };

struct Flag {
  std::string_view name;
  char letter;  ///< `\0`: none.
  Form form;
  std::string_view key;
  std::string_view purpose;
  MockPlay play = MockPlay::kEverything;  ///< The command that it belongs to; kEverything: every one.
};

constexpr std::string_view kHelp = "help";
constexpr std::string_view kReadyFile = "ready-file";

constexpr std::array kFlags{
    Flag{"hostname", 'n', Form::kText, "server.hostname", "listen at this address (default: 127.0.0.1)"},
    Flag{"port", 'p', Form::kText, "server.port", "listen at this port (default: 1338; 0: one that is free)"},
    Flag{"config-file", 'c', Form::kText, "config-file", "JSON configuration (default: $HOME/aemm-config.json)"},
    Flag{"save-config-to-file", 's', Form::kSwitch, "save-config-to-file",
         "write the configuration to $HOME/.ec2-metadata-mock/.aemm-config-used.json"},
    Flag{"watch-config-file", 'w', Form::kSwitch, "watch-config-file", "not honoured: use understudy play"},
    Flag{"mock-delay-sec", 'd', Form::kNumber, "mock-delay-sec", "spot interruption and events come so much later"},
    Flag{"mock-trigger-time", '\0', Form::kText, "mock-trigger-time", "they come at this time, in place of the delay"},
    Flag{"mock-ip-count", 'x', Form::kNumber, "mock-ip-count", "so many clients see what is played (2; -1: all)"},
    Flag{"imdsv2", 'I', Form::kSwitch, "imdsv2", "tokens are required"},
    Flag{"rebalance-delay-sec", '\0', Form::kNumber, "rebalance-delay-sec", "the recommendation comes so much later"},
    Flag{"rebalance-trigger-time", '\0', Form::kText, "rebalance-trigger-time", "it comes at this time"},
    Flag{"asg-termination-delay-sec", '\0', Form::kNumber, "asg-termination-delay-sec",
         "the target state Terminated comes so much later"},
    Flag{"asg-termination-trigger-time", '\0', Form::kText, "asg-termination-trigger-time", "it comes at this time"},
    Flag{"hosts", '\0', Form::kText, "hosts", "further names that clients call us by, with commas (understudy's own)"},
    Flag{kReadyFile, '\0', Form::kText, kReadyFile, "once ready, write the real address here (understudy's own)"},
    Flag{kHelp, 'h', Form::kSwitch, kHelp, "show this help"},
    Flag{"action", 'a', Form::kText, "spot.action", "terminate, hibernate or stop", MockPlay::kSpot},
    Flag{"time", 't', Form::kText, "spot.time", "when it is done (default: 2 minutes after the notice)",
         MockPlay::kSpot},
    Flag{"rebalance-rec-time", 'r', Form::kText, "spot.rebalance-rec-time", "the recommendation's own time",
         MockPlay::kSpot},
    Flag{"code", 'o', Form::kText, "events.code", "such as instance-stop", MockPlay::kEvents},
    Flag{"state", 't', Form::kText, "events.state", "active, completed or canceled", MockPlay::kEvents},
    Flag{"not-before", 'b', Form::kText, "events.not-before", "the earliest start", MockPlay::kEvents},
    Flag{"not-after", 'a', Form::kText, "events.not-after", "the latest end", MockPlay::kEvents},
    Flag{"not-before-deadline", 'l', Form::kText, "events.not-before-deadline", "the deadline of the start",
         MockPlay::kEvents},
};

struct PlayName {
  std::string_view name;
  MockPlay play;
};
/// AEMM's names and aliases, those of its older releases too.
constexpr std::array kPlays{
    PlayName{"spot", MockPlay::kSpot},
    PlayName{"spotitn", MockPlay::kSpot},
    PlayName{"events", MockPlay::kEvents},
    PlayName{"se", MockPlay::kEvents},
    PlayName{"scheduledevents", MockPlay::kEvents},
    PlayName{"asglifecycle", MockPlay::kAutoScaling},
    PlayName{"autoscaling", MockPlay::kAutoScaling},
    PlayName{"asg", MockPlay::kAutoScaling},
};

Error bad_flag(std::string message) { return {Error::Kind::kInvalid, "BadFlag", std::move(message)}; }

bool is_number(std::string_view text) { return parse_decimal(text.substr(text.starts_with('-') ? 1 : 0)).has_value(); }

/// Go's strconv.ParseBool.
std::optional<bool> parse_switch(std::string_view text) {
  constexpr std::array<std::string_view, 6> kYes{"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> kNo{"0", "f", "F", "false", "FALSE", "False"};
  if (std::ranges::find(kYes, text) != kYes.end()) {
    return true;
  }
  return std::ranges::find(kNo, text) != kNo.end() ? std::optional(false) : std::nullopt;
}

class MockFlagParser {
 public:
  explicit MockFlagParser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  Result<MockOrder> parse() {
    while (next_ < arguments_.size()) {
      const std::string_view word = arguments_[next_++];
      auto read = word.starts_with("--")  ? read_long(word.substr(2))
                  : word.starts_with('-') ? read_short(word.substr(1))
                                          : read_command(word);
      if (!read) {
        return read.error();
      }
    }
    return std::move(order_);
  }

 private:
  Result<void> read_command(std::string_view word) {
    if (word == kHelp) {
      order_.wants_help = true;
      return {};
    }
    const auto found = std::ranges::find(kPlays, word, &PlayName::name);
    if (found == kPlays.end() || order_.play != MockPlay::kEverything) {
      return bad_flag(fmt::format("unknown word \"{}\"; expected one of spot, events and asglifecycle, or a flag",
                                  escape_for_log(word, 80)));
    }
    order_.play = found->play;
    return {};
  }

  Result<void> read_long(std::string_view word) {
    const auto equals = word.find('=');
    const auto* const flag = find([&](const Flag& each) { return each.name == word.substr(0, equals); });
    if (flag == nullptr) {
      return unknown("--" + std::string(word.substr(0, equals)));
    }
    if (equals != std::string_view::npos) {
      return set(*flag, word.substr(equals + 1));
    }
    return flag->form == Form::kSwitch ? set(*flag, "true") : set_from_next(*flag);
  }

  Result<void> read_short(std::string_view letters) {
    while (!letters.empty()) {
      const auto* const flag = find([&](const Flag& each) { return each.letter == letters.front(); });
      if (flag == nullptr) {
        return unknown(fmt::format("-{}", letters.front()));
      }
      letters.remove_prefix(1);
      if (letters.starts_with('=')) {
        return set(*flag, letters.substr(1));
      }
      if (flag->form != Form::kSwitch) {
        return letters.empty() ? set_from_next(*flag) : set(*flag, letters);
      }
      if (auto done = set(*flag, "true"); !done) {
        return done;
      }
    }
    return {};
  }

  template <class Fits>
  [[nodiscard]] const Flag* find(Fits fits) const {
    const auto found = std::ranges::find_if(kFlags, [&](const Flag& flag) { return is_for_this(flag) && fits(flag); });
    return found == kFlags.end() ? nullptr : &*found;
  }

  [[nodiscard]] bool is_for_this(const Flag& flag) const {
    return flag.play == MockPlay::kEverything || flag.play == order_.play;
  }

  [[nodiscard]] Error unknown(const std::string& word) const {
    std::vector<std::string> known;
    for (const auto& flag : kFlags) {
      if (is_for_this(flag)) {
        known.push_back("--" + std::string(flag.name));
      }
    }
    const auto near = nearest(word, known);
    return bad_flag(fmt::format("unknown flag {}{}; flags of spot and events come behind that word",
                                escape_for_log(word, 80), near ? "; did you mean " + *near + "?" : ""));
  }

  Result<void> set_from_next(const Flag& flag) {
    if (next_ == arguments_.size()) {
      return bad_flag(fmt::format("--{} needs a value behind it", flag.name));
    }
    return set(flag, arguments_[next_++]);
  }

  Result<void> set(const Flag& flag, std::string_view value) {
    std::string text(value);
    if (flag.form == Form::kNumber && !is_number(value)) {
      return bad_flag(fmt::format("--{}: expected a whole number, found \"{}\"", flag.name, escape_for_log(value, 40)));
    }
    if (flag.form == Form::kSwitch) {
      const auto yes = parse_switch(value);
      if (!yes) {
        return bad_flag(
            fmt::format("--{}: expected true or false, found \"{}\"", flag.name, escape_for_log(value, 40)));
      }
      text = *yes ? "true" : "false";
    }
    if (flag.name == kHelp) {
      order_.wants_help = true;
    } else if (flag.name == kReadyFile) {
      order_.ready_file = text;
    } else {
      order_.keys[std::string(flag.key)] = text;
    }
    return {};
  }

  const std::vector<std::string>& arguments_;
  std::size_t next_ = 0;
  MockOrder order_;
};

}  // namespace

Result<MockOrder> parse_mock_flags(const std::vector<std::string>& arguments) {
  return MockFlagParser(arguments).parse();
}

std::string describe_mock_flags() {
  std::string out;
  const auto add = [&](std::string_view title, MockPlay play) {
    out += fmt::format("{}:\n", title);
    for (const auto& flag : kFlags) {
      if (flag.play == play) {
        const auto letter = flag.letter == '\0' ? std::string("    ") : fmt::format("-{}, ", flag.letter);
        out += fmt::format("  {}--{:<30} {}\n", letter, flag.name, flag.purpose);
      }
    }
  };
  add("Flags", MockPlay::kEverything);
  add("Flags of spot", MockPlay::kSpot);
  add("Flags of events", MockPlay::kEvents);
  return out;
}

}  // namespace understudy::app
