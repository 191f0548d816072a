// A server's bytes at the client that asks upstreams, and a proxy's at the one that asks for a tunnel, with no socket:
// no more is read than there are bounds for, and the same comes of them however they come in pieces. The first byte is
// the size of a piece.

#include <chrono>
#include <optional>

#include "fuzz/check.hpp"
#include "http/exchange.hpp"
#include "http/tunnel.hpp"

namespace {

namespace http = understudy::http;
using http::AnswerBounds;
using understudy::Response;
using understudy::Result;
using Limits = understudy::CallLimits;

constexpr std::size_t kMostBody = 1024;
constexpr std::size_t kReadAhead = 4096;
const understudy::Url kOrigin{"https", "sts.example", 443, "/"};

/// A peer that says all of `bytes`, whatever it hears, and closes.
class Script final : public http::Wire {
 public:
  Script(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}

  ssize_t read(char* room, std::size_t size) override {
    const auto part = bytes_.substr(read_, std::min(size, piece_));
    std::ranges::copy(part, room);
    read_ += part.size();
    return static_cast<ssize_t>(part.size());
  }
  ssize_t write(const char* /*bytes*/, std::size_t size) override { return static_cast<ssize_t>(size); }
  [[nodiscard]] int socket() const override { return -1; }
  [[nodiscard]] std::size_t count() const { return read_; }

 private:
  std::string_view bytes_;
  std::size_t piece_;
  std::size_t read_ = 0;
};

Result<Response> ask(std::string_view bytes, std::size_t piece) {
  static http::CallWatchdog watchdog;
  const understudy::Request request;
  const Limits limits{std::chrono::seconds(60), std::chrono::seconds(60), kMostBody};
  const std::optional<http::Proxy> none;
  Script script(bytes, piece);
  auto response = http::Exchange({kOrigin, request, limits, none}, nullptr, watchdog).send_through(script);
  const auto body = response ? response->body.size() : kMostBody;
  require(body <= kMostBody);
  require(script.count() <=
          AnswerBounds::kHead + AnswerBounds::kPerByte * body + AnswerBounds::kSlack + 2 * kReadAhead);
  require(response || is_showable(response.error().message));
  return response;
}

void open(std::string_view bytes, std::size_t piece) {
  Script script(bytes, piece);
  const auto opened = http::open_tunnel(script, kOrigin, {"proxy.example", 3128, "me", {}});
  require(script.count() <= AnswerBounds::kHead + 2 * kReadAhead);
  require(opened || is_showable(opened.error().message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto bytes = as_text(data, size);
  const std::size_t piece = take_byte(bytes) * 4U + 1;
  const auto response = ask(bytes, piece);
  const auto at_once = ask(bytes, bytes.size() + 1);
  require(response.has_value() == at_once.has_value());
  require(!response || *response == *at_once);
  open(bytes, piece);
  open(bytes, bytes.size() + 1);
  return 0;
}
