#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "understudy/base/message.hpp"
#include "understudy/http/head_policy.hpp"

namespace understudy::http {

/// Beast's parser, which writes straight into our Request: no second copy of a message, and no field of Beast's own.
/// One for each message. REQUIRES: the request outlives it.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  using ErrorCode = boost::beast::error_code;
  using BeastText = boost::beast::string_view;

  RequestParser(Request& request, const HeadLimits& head, std::size_t max_body) : request_(request) {
    header_limit(static_cast<std::uint32_t>(head.head));
    body_limit(max_body);
    request_.headers.clear();
    request_.body.clear();
  }

  [[nodiscard]] Version request_version() const { return version_; }

 private:
  static std::string_view text(BeastText text) { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb /*method*/, BeastText method, BeastText target, int version,
                       ErrorCode& error) override {
    request_.method = text(method);
    request_.target = text(target);
    version_ = version == 10 ? Version::kHttp10 : Version::kHttp11;
    error = {};
  }
  void on_response_impl(int /*status*/, BeastText /*reason*/, int /*version*/, ErrorCode& /*error*/) override {}
  void on_field_impl(boost::beast::http::field /*known*/, BeastText name, BeastText value, ErrorCode& error) override {
    request_.headers.add(text(name), text(value));
    error = {};
  }
  void on_header_impl(ErrorCode& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, ErrorCode& error) override { error = {}; }
  std::size_t on_body_impl(BeastText part, ErrorCode& error) override {
    request_.body += text(part);
    error = {};
    return part.size();
  }
  // Chunked bodies are refused at the head; the parser wants the hooks all the same.
  void on_chunk_header_impl(std::uint64_t /*size*/, BeastText /*extensions*/, ErrorCode& error) override {
    error = boost::beast::http::error::bad_transfer_encoding;
  }
  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, BeastText /*part*/, ErrorCode& error) override {
    error = boost::beast::http::error::bad_transfer_encoding;
    return 0;
  }
  // Pure in newer releases of Boost, absent from older ones: so without `override`.
  virtual void on_trailer_field_impl(boost::beast::http::field /*known*/, BeastText /*name*/, BeastText /*value*/,
                                     ErrorCode& error) {
    error = boost::beast::http::error::bad_transfer_encoding;
  }
  void on_finish_impl(ErrorCode& error) override { error = {}; }

  Request& request_;
  Version version_ = Version::kHttp11;
};

}  // namespace understudy::http
