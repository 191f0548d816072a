#include "understudy/http/head_policy.hpp"

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

constexpr Refusal kLineEnd{400, "a line of a head ends with CR LF"};
constexpr Refusal kFolded{400, "a field stands on one line"};
constexpr Refusal kNotHttp{400, "a request begins with a method"};
constexpr Refusal kTargetTooLong{414, "the request line is longer than the limit"};
constexpr Refusal kFieldTooLong{431, "a field is longer than the limit"};
constexpr Refusal kTooManyFields{431, "there are more fields than the limit"};
constexpr Refusal kHeadTooLong{431, "the head is longer than the limit"};
constexpr Refusal kHost{400, "a request has exactly one Host"};
constexpr Refusal kTarget{400, "a target begins with a slash"};
constexpr Refusal kLength{400, "a request has at most one Content-Length, of digits alone"};
constexpr Refusal kTwoLengths{400, "a request has no Transfer-Encoding beside a Content-Length"};
constexpr Refusal kNoLength{411, "a body comes with a Content-Length, not with a Transfer-Encoding"};
constexpr Refusal kExpectation{417, "the only expectation is 100-continue"};

bool may_begin_a_method(char c) { return is_upper(c) || is_lower(c); }

/// Not a list such as `5, 5`, which RFC 9110 lets a recipient forgive, and of which two servers may make two things.
bool is_length(std::string_view value) {
  constexpr std::size_t kMostDigits = 19;
  return !value.empty() && value.size() <= kMostDigits &&
         value.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What a head has of the fields that decide where it ends and whom it is for.
struct Tally {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  bool has_odd_length = false;
  bool has_encoding = false;
  bool has_other_expectation = false;
};

Tally tally_of(const Request& request) {
  Tally found;
  for (const auto& [name, value] : request.headers) {
    switch (name.size()) {
      case 4:
        found.hosts += equal_ignoring_case(name, "Host") ? 1 : 0;
        break;
      case 6:
        found.has_other_expectation |=
            equal_ignoring_case(name, "Expect") && !equal_ignoring_case(value, "100-continue");
        break;
      case 14:
        if (equal_ignoring_case(name, "Content-Length")) {
          ++found.lengths;
          found.has_odd_length |= !is_length(value);
        }
        break;
      case 17:
        found.has_encoding |= equal_ignoring_case(name, "Transfer-Encoding");
        break;
      default:
        break;
    }
  }
  return found;
}

}  // namespace

std::optional<Refusal> HeadScanner::scan(std::string_view bytes) {
  if (!bytes.empty() && !may_begin_a_method(bytes[0])) {
    return kNotHttp;
  }
  while (head_size_ == 0) {
    const auto end = bytes.find('\n', searched_);
    if (end == std::string_view::npos) {
      searched_ = bytes.size();
      return check_length(bytes.size());
    }
    auto refusal = check_length(end + 1);
    if (!refusal) {
      refusal = check_line(bytes.substr(line_start_, end + 1 - line_start_));
    }
    if (refusal) {
      return refusal;
    }
    if (end - line_start_ == 1) {
      head_size_ = end + 1;
    }
    ++lines_;
    line_start_ = end + 1;
    searched_ = end + 1;
  }
  return std::nullopt;
}

std::optional<Refusal> HeadScanner::check_length(std::size_t end) const {
  if (end - line_start_ > limits_.line) {
    return lines_ == 0 ? kTargetTooLong : kFieldTooLong;
  }
  return end > limits_.head ? std::optional(kHeadTooLong) : std::nullopt;
}

std::optional<Refusal> HeadScanner::check_line(std::string_view line) const {
  if (line.size() < 2 || line[line.size() - 2] != '\r') {
    return kLineEnd;
  }
  if (line[0] == ' ' || line[0] == '\t') {
    return kFolded;
  }
  const bool is_blank = line.size() == 2;
  return !is_blank && lines_ > limits_.fields ? std::optional(kTooManyFields) : std::nullopt;
}

std::optional<Refusal> check_head(const Request& request, Version version) {
  const auto found = tally_of(request);
  if (found.hosts > 1 || (found.hosts == 0 && version == Version::kHttp11)) {
    return kHost;
  }
  if (found.has_encoding) {
    return found.lengths > 0 ? kTwoLengths : kNoLength;
  }
  if (found.lengths > 1 || found.has_odd_length) {
    return kLength;
  }
  if (!request.target.starts_with('/')) {
    return kTarget;
  }
  return found.has_other_expectation ? std::optional(kExpectation) : std::nullopt;
}

bool expects_continue(const Request& request, Version version) {
  const auto expectation = request.headers.get("Expect");
  return version == Version::kHttp11 && expectation && equal_ignoring_case(*expectation, "100-continue");
}

}  // namespace understudy::http
