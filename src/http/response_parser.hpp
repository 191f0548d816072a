#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "understudy/base/message.hpp"

namespace understudy::http {

/// Beast's parser for one answer: status and fields, and of the body what has come since it was taken last. Unlike
/// Beast's own bodies it makes room for what has come, not for what a Content-Length promises.
class ResponseParser final : public boost::beast::http::basic_parser<false> {
 public:
  using ErrorCode = boost::beast::error_code;
  using BeastText = boost::beast::string_view;

  /// No more than `max_body` bytes between two takings.
  explicit ResponseParser(std::size_t max_body) : max_body_(max_body) {
    constexpr std::uint32_t kLongestHead = 16 * 1024;
    header_limit(kLongestHead);
    body_limit(boost::none);
  }

  /// Whether so many bytes are worth a `put`. Of a body in chunks at least `0\r\n\r\n` is left, and who shows Beast
  /// less of a last chunk twice meets an assertion (`parse_chunk_header`, Boost 1.81).
  [[nodiscard]] bool is_enough(std::size_t available) const {
    constexpr std::size_t kLastChunk = 5;
    return available >= (is_header_done() && chunked() ? kLastChunk : 1);
  }

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const Headers& headers() const { return headers_; }
  [[nodiscard]] std::size_t max_body() const { return max_body_; }
  [[nodiscard]] std::string take_body() { return std::exchange(body_, {}); }

 private:
  static std::string_view text(BeastText text) { return {text.data(), text.size()}; }

  std::size_t append(BeastText part, ErrorCode& error) {
    if (part.size() > max_body_ - body_.size()) {
      error = boost::beast::http::error::body_limit;
      return 0;
    }
    error = {};
    body_ += text(part);
    return part.size();
  }

  void on_request_impl(boost::beast::http::verb /*method*/, BeastText /*text*/, BeastText /*target*/, int /*version*/,
                       ErrorCode& /*error*/) override {}
  void on_response_impl(int status, BeastText /*reason*/, int /*version*/, ErrorCode& error) override {
    status_ = status;
    error = {};
  }
  void on_field_impl(boost::beast::http::field /*known*/, BeastText name, BeastText value, ErrorCode& error) override {
    headers_.add(text(name), text(value));
    error = {};
  }
  void on_header_impl(ErrorCode& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, ErrorCode& error) override { error = {}; }
  std::size_t on_body_impl(BeastText part, ErrorCode& error) override { return append(part, error); }
  void on_chunk_header_impl(std::uint64_t /*size*/, BeastText /*extensions*/, ErrorCode& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, BeastText part, ErrorCode& error) override {
    return append(part, error);
  }
  // Pure in newer releases of Boost, absent from older ones: so without `override`.
  virtual void on_trailer_field_impl(boost::beast::http::field /*known*/, BeastText /*name*/, BeastText /*value*/,
                                     ErrorCode& error) {
    error = {};
  }
  void on_finish_impl(ErrorCode& error) override { error = {}; }

  std::size_t max_body_;
  int status_ = 0;
  Headers headers_;
  std::string body_;
};

}  // namespace understudy::http
