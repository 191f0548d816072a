#include "understudy/http/unix_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "unix_call.hpp"

namespace understudy::http {
namespace {

/// Cuts what comes into lines.
class Lines {
 public:
  Lines(const LineReader& reader, std::size_t longest) : reader_(reader), longest_(longest) {}

  enum class State { kGoesOn, kHasEnough, kTooLong };

  State take(std::string_view part) {
    for (auto end = part.find('\n'); end != part.npos; end = part.find('\n')) {
      if (begun_.size() + end > longest_) {
        return State::kTooLong;
      }
      begun_ += part.substr(0, end);
      part.remove_prefix(end + 1);
      if (!hand_over()) {
        return State::kHasEnough;
      }
    }
    begun_ += part;
    return begun_.size() > longest_ ? State::kTooLong : State::kGoesOn;
  }

  /// False where the last line had no end and the reader has enough.
  bool hand_over() {
    std::string_view line = begun_;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const bool goes_on = line.empty() || reader_.line(line);
    begun_.clear();
    return goes_on;
  }

 private:
  const LineReader& reader_;
  std::size_t longest_;
  std::string begun_;
};

Result<void> ask(UnixCall& call, const Url& origin, const Request& request, SteadyTime connect_by,
                 SteadyTime deadline) {
  if (auto connected = call.connect(connect_by); !connected) {
    return connected;
  }
  if (auto written = call.write(origin, request, deadline); !written) {
    return written;
  }
  return call.read_head(deadline);
}

Result<Response> read_stream(UnixCall& call, const StreamLimits& limits, const LineReader& reader) {
  Lines lines(reader, limits.max_line);
  for (bool goes_on = reader.opened(); goes_on;) {
    const auto part = call.read_some(SteadyTime::max());
    if (!part) {
      return part.error();
    }
    const auto state = part->empty() ? Lines::State::kHasEnough : lines.take(*part);
    if (state == Lines::State::kTooLong) {
      return call.unavailable("TooLarge", fmt::format("a line of it has more than {} bytes", limits.max_line));
    }
    goes_on = state == Lines::State::kGoesOn;
    if (part->empty()) {
      lines.hand_over();
    }
  }
  return call.head();
}

}  // namespace

Result<Response> UnixClient::send(const Url& origin, const Request& request, const CallLimits& limits) {
  const auto start = std::chrono::steady_clock::now();
  const auto deadline = start + limits.total;
  const auto call = UnixCall::make(socket_, limits.max_body, stop_.get_token());
  if (!call) {
    return call.error();
  }
  if (auto asked = ask(**call, origin, request, start + std::min(limits.connect, limits.total), deadline); !asked) {
    return std::move(asked).error();
  }
  return (*call)->read_rest(deadline);
}

Result<Response> UnixClient::follow(const Url& origin, const Request& request, const StreamLimits& limits,
                                    const LineReader& reader) {
  const auto deadline = std::chrono::steady_clock::now() + limits.head;
  const auto call = UnixCall::make(socket_, UnixCall::kMostAtOnce, stop_.get_token());
  if (!call) {
    return call.error();
  }
  if (auto asked = ask(**call, origin, request, deadline, deadline); !asked) {
    return std::move(asked).error();
  }
  return (*call)->is_stream() ? read_stream(**call, limits, reader) : (*call)->read_rest(deadline);
}

}  // namespace understudy::http
