#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "asio.hpp"
#include "response_parser.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"

namespace understudy::http {

/// One request and its answer over a Unix socket, in steps that each block up to their deadline. For one thread;
/// another may stop it. A step that failed is the last one. The errors are those of UnixClient.
class UnixCall {
 public:
  static constexpr std::size_t kMostAtOnce = 64 * 1024;  ///< Bytes that read_some gives.

  /// kUnavailable where the process has no descriptors left. REQUIRES: for streams `max_body` is kMostAtOnce.
  static Result<std::unique_ptr<UnixCall>> make(const std::filesystem::path& path, std::size_t max_body,
                                                std::stop_token stop);
  /// Throws boost::system::system_error where `make` fails.
  UnixCall(const std::filesystem::path& path, std::size_t max_body, std::stop_token stop)
      : path_(path.string()), stop_(std::move(stop)), parser_(max_body) {}

  Result<void> connect(SteadyTime deadline);
  Result<void> write(const Url& origin, const Request& request, SteadyTime deadline);
  Result<void> read_head(SteadyTime deadline);
  /// The body up to its end.
  Result<Response> read_rest(SteadyTime deadline);

  /// True for a 200 whose end only shows when it comes. REQUIRES: read_head.
  [[nodiscard]] bool is_stream() const;
  /// What comes next of the body; empty at its end. REQUIRES: is_stream.
  Result<std::string> read_some(SteadyTime deadline);
  /// The answer without a body. REQUIRES: read_head.
  [[nodiscard]] Response head() const { return {parser_.status(), parser_.headers(), {}, {}}; }

  [[nodiscard]] Error failure(Error::Kind kind, std::string code, std::string_view what) const;
  [[nodiscard]] Error unavailable(std::string code, std::string_view what) const;

 private:
  using LocalSocket = asio::basic_stream_socket<asio::local::stream_protocol, Executor>;

  Result<void> open();
  /// Runs the operation that `start` begins, which ends by `settle`. An error of its own is in `outcome_`, not here.
  Result<void> complete(SteadyTime deadline, const std::function<void()>& start);
  void settle(const ErrorCode& outcome);
  /// Reads on by one piece. Not by Beast's async_read_some, which holds a chunk's text back until the next one comes.
  Result<void> advance(SteadyTime deadline);
  Result<void> receive(SteadyTime deadline);
  [[nodiscard]] Error connect_failure() const;
  [[nodiscard]] Error read_failure() const;
  [[nodiscard]] Error too_large() const;

  std::string path_;
  std::stop_token stop_;
  boost::beast::flat_buffer buffer_{kMostAtOnce};
  ResponseParser parser_;
  ErrorCode outcome_;
  bool is_settled_ = false;
  // Last, so that operations which were left pending go before what they write to.
  asio::io_context context_{1};
  LocalSocket socket_{context_};
};

}  // namespace understudy::http
