#include "understudy/base/time_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "understudy/base/text.hpp"

namespace understudy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<seconds> time;
  std::chrono::weekday weekday;
};

Civil civil_of(WallTime time) {
  const auto whole = std::chrono::floor<seconds>(time);
  const auto day = std::chrono::floor<days>(whole);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss(whole - day), std::chrono::weekday(day)};
}

/// Reads parts of a fixed form from the left; after the first mismatch nothing matches any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    const auto value = parse_decimal(rest_.substr(0, count));
    if (rest_.size() < count || !value) {
      ok_ = false;
      return 0;
    }
    rest_.remove_prefix(count);
    return static_cast<int>(*value);
  }

  bool take(std::string_view literal) {
    if (!ok_ || !rest_.starts_with(literal)) {
      return false;
    }
    rest_.remove_prefix(literal.size());
    return true;
  }

  void expect(std::string_view literal) { ok_ = take(literal) && ok_; }

  template <std::size_t N>
  unsigned one_of(const std::array<std::string_view, N>& words) {
    for (unsigned i = 0; i < N; ++i) {
      if (take(words[i])) {
        return i;
      }
    }
    ok_ = false;
    return 0;
  }

  /// `.123` as milliseconds, rounded down; further digits are read and dropped.
  std::chrono::milliseconds fraction() {
    int value = 0;
    int scale = 100;
    std::size_t count = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1), ++count) {
      value += (rest_[0] - '0') * scale;
      scale /= 10;
    }
    ok_ = ok_ && count > 0;
    return std::chrono::milliseconds(value);
  }

  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }
  void fail() { ok_ = false; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<WallTime> compose(const Scanner& scanner, int year, int month, int day, int hour, int minute,
                                int second) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const bool in_range = hour < 24 && minute < 60 && second < 61;
  if (!scanner.finished() || !date.ok() || !in_range) {
    return std::nullopt;
  }
  return WallTime(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + seconds(second);
}

minutes read_offset(Scanner& scanner) {
  if (scanner.take("Z") || scanner.take("z") || scanner.take("UTC")) {
    return minutes(0);
  }
  const bool east = scanner.take("+");
  if (!east) {
    scanner.expect("-");
  }
  const int hour = scanner.digits(2);
  scanner.take(":");
  const int minute = scanner.digits(2);
  if (hour > 23 || minute > 59) {
    scanner.fail();
  }
  const auto offset = hours(hour) + minutes(minute);
  return east ? offset : -offset;
}

}  // namespace

std::string format_iso8601(WallTime time) {
  const auto c = civil_of(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(c.date.year()),
                     static_cast<unsigned>(c.date.month()), static_cast<unsigned>(c.date.day()), c.time.hours().count(),
                     c.time.minutes().count(), c.time.seconds().count());
}

std::string format_rfc3339_fraction(WallTime time) {
  auto out = format_iso8601(time);
  const auto milliseconds = (time - std::chrono::floor<std::chrono::seconds>(time)).count();
  if (milliseconds != 0) {
    out.pop_back();
    out += fmt::format(".{:03}", milliseconds);
    out.erase(out.find_last_not_of('0') + 1);
    out += 'Z';
  }
  return out;
}

std::string format_amz_date(WallTime time) {
  const auto c = civil_of(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(c.date.year()),
                     static_cast<unsigned>(c.date.month()), static_cast<unsigned>(c.date.day()), c.time.hours().count(),
                     c.time.minutes().count(), c.time.seconds().count());
}

std::string format_http_date(WallTime time) {
  const auto c = civil_of(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[c.weekday.c_encoding()],
                     static_cast<unsigned>(c.date.day()), kMonths[static_cast<unsigned>(c.date.month()) - 1],
                     static_cast<int>(c.date.year()), c.time.hours().count(), c.time.minutes().count(),
                     c.time.seconds().count());
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.digits(4);
  scanner.expect("-");
  const int month = scanner.digits(2);
  scanner.expect("-");
  const int day = scanner.digits(2);
  if (!scanner.take("T") && !scanner.take("t")) {
    scanner.expect(" ");
  }
  const int hour = scanner.digits(2);
  scanner.expect(":");
  const int minute = scanner.digits(2);
  scanner.expect(":");
  const int second = scanner.digits(2);
  const auto fraction = scanner.take(".") ? scanner.fraction() : std::chrono::milliseconds(0);
  const auto offset = read_offset(scanner);
  const auto local = compose(scanner, year, month, day, hour, minute, second);
  return local ? std::optional(*local + fraction - offset) : std::nullopt;
}

std::optional<WallTime> parse_amz_date(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.digits(4);
  const int month = scanner.digits(2);
  const int day = scanner.digits(2);
  scanner.expect("T");
  const int hour = scanner.digits(2);
  const int minute = scanner.digits(2);
  const int second = scanner.digits(2);
  scanner.expect("Z");
  return compose(scanner, year, month, day, hour, minute, second);
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  Scanner scanner(text);
  scanner.one_of(kWeekdays);
  scanner.expect(", ");
  const int day = scanner.digits(2);
  scanner.expect(" ");
  const int month = static_cast<int>(scanner.one_of(kMonths)) + 1;
  scanner.expect(" ");
  const int year = scanner.digits(4);
  scanner.expect(" ");
  const int hour = scanner.digits(2);
  scanner.expect(":");
  const int minute = scanner.digits(2);
  scanner.expect(":");
  const int second = scanner.digits(2);
  scanner.expect(" GMT");
  return compose(scanner, year, month, day, hour, minute, second);
}

std::optional<seconds> parse_duration(std::string_view text) {
  constexpr std::uint64_t kMost = 10ULL * 366 * 86400;
  const auto bounded = [](std::uint64_t total) {
    return total <= kMost ? std::optional(seconds(static_cast<seconds::rep>(total))) : std::nullopt;
  };
  if (const auto bare = parse_decimal(text)) {
    return bounded(*bare);
  }
  std::uint64_t total = 0;
  std::uint64_t largest_unit = kMost;
  while (!text.empty()) {
    const auto digits = text.find_first_not_of("0123456789");
    const auto count = digits == std::string_view::npos ? std::nullopt : parse_decimal(text.substr(0, digits));
    if (!count || *count > kMost) {
      return std::nullopt;
    }
    const char unit = text[digits];
    const std::uint64_t scale = unit == 'd' ? 86400 : unit == 'h' ? 3600 : unit == 'm' ? 60 : unit == 's' ? 1 : 0;
    if (scale == 0 || scale >= largest_unit) {
      return std::nullopt;
    }
    largest_unit = scale;
    total += *count * scale;
    text.remove_prefix(digits + 1);
  }
  return largest_unit == kMost ? std::nullopt : bounded(total);
}

std::string format_duration(seconds duration) {
  const auto total = duration.count();
  std::string out;
  const auto part = [&](auto count, char unit) {
    if (count > 0) {
      out += fmt::format("{}{}", count, unit);
    }
  };
  part(total / 3600, 'h');
  part(total / 60 % 60, 'm');
  part(total % 60, 's');
  return out.empty() ? "0s" : out;
}

}  // namespace understudy
