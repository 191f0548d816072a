// Heads of requests, as a connection reads them: what is accepted satisfies every rule, checked here on the raw bytes,
// and in pieces the same is decided. The first byte is the size of a piece.

#include <boost/asio/buffer.hpp>

#include <optional>

#include "fuzz/check.hpp"
#include "http/request_parser.hpp"
#include "understudy/base/text.hpp"

namespace {

namespace http = understudy::http;

constexpr http::HeadLimits kLimits{512, 256, 8};

struct Decision {
  int status = 0;  ///< Of the refusal; 0: none so far.
  std::size_t head_size = 0;
  bool operator==(const Decision&) const = default;
};

Decision scan(std::string_view bytes, std::size_t piece) {
  http::HeadScanner scanner(kLimits);
  for (std::size_t seen = 0; seen < bytes.size() && scanner.head_size() == 0;) {
    seen = std::min(seen + piece, bytes.size());
    if (const auto refusal = scanner.scan(bytes.substr(0, seen))) return {refusal->status, 0};
  }
  return {0, scanner.head_size()};
}

/// The request that a connection would hand on; nullopt where it refuses.
std::optional<understudy::Request> accept(std::string_view head, http::Version& version) {
  understudy::Request request;
  http::RequestParser parser(request, kLimits, 64);
  boost::beast::error_code error;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  version = parser.request_version();
  const bool is_whole = !error && parser.is_header_done();
  return is_whole && !http::check_head(request, version) ? std::optional(request) : std::nullopt;
}

void hold_for_fields(std::string_view lines, const understudy::Headers& headers) {
  for (const auto& [name, value] : headers) {
    auto line = take_until(lines, '\n');
    require(line.ends_with('\r') && !line.starts_with(' ') && !line.starts_with('\t'));
    require(take_until(line, ':') == name && understudy::trim(line) == value);
    require(std::ranges::none_of(value, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; }));
    require(!name.empty() && name.find_first_of(" \t\"(),/:;<=>?@[\\]{}") == name.npos);
  }
  require(lines == "\r\n");
}

void hold_for_accepted(std::string_view head, const understudy::Request& request, http::Version version) {
  require(head.size() <= kLimits.head && request.headers.size() <= kLimits.fields);
  auto line = take_until(head, '\n');
  require(line.size() < kLimits.line && take_until(line, ' ') == request.method && !request.method.empty());
  require(take_until(line, ' ') == request.target && request.target.starts_with('/') && is_showable(request.target));
  require(line == (version == http::Version::kHttp11 ? "HTTP/1.1\r" : "HTTP/1.0\r"));
  hold_for_fields(head, request.headers);
  const auto hosts = request.headers.count("host");
  require(hosts == 1 || (hosts == 0 && version == http::Version::kHttp10));
  require(request.headers.count("transfer-encoding") == 0 && request.headers.count("content-length") <= 1);
  const auto expectation = request.headers.get("expect");
  require(!expectation || understudy::equal_ignoring_case(*expectation, "100-continue"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto bytes = as_text(data, size);
  const std::size_t piece = take_byte(bytes) % 64U + 1;
  const auto decision = scan(bytes, bytes.size() + 1);
  require(decision == scan(bytes, piece));
  if (decision.head_size > 0) {
    const auto head = bytes.substr(0, decision.head_size);
    http::Version version{};
    if (const auto request = accept(head, version)) {
      hold_for_accepted(head, *request, version);
    }
  }
  return 0;
}
