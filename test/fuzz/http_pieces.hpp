#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

#include "fuzz/check.hpp"
#include "http/response_parser.hpp"

/// Answers of HTTP, as fuzz targets read them: fed to the client's parser in pieces, all at hand and nothing to wait
/// for.
namespace understudy::fuzz {

struct Answer {
  Response response;
  bool is_complete = false;
  std::size_t size = 0;  ///< Bytes that it took.
};

/// The first answer in `bytes`, which end there; nullopt for what is none, or not whole. `has_no_body`: to a HEAD.
inline std::optional<Answer> read_answer(std::string_view bytes, std::size_t piece, bool has_no_body = false,
                                         std::size_t max_body = 4096) {
  http::ResponseParser parser(max_body);
  parser.eager(true);
  parser.skip(has_no_body);
  boost::beast::error_code error;
  std::size_t used = 0;
  std::size_t seen = 0;
  while (!parser.is_done() && seen < bytes.size()) {
    seen = std::min(seen + piece, bytes.size());
    std::size_t taken = 1;
    while (taken > 0 && !parser.is_done() && parser.is_enough(seen - used)) {
      taken = parser.put(boost::asio::const_buffer(bytes.data() + used, seen - used), error);
      used += taken;
      if (error && error != boost::beast::http::error::need_more) return std::nullopt;
    }
  }
  if (!parser.is_done() && parser.got_some()) {
    parser.put_eof(error);
  }
  if (!parser.is_done()) return std::nullopt;
  return Answer{{parser.status(), parser.headers(), Body(parser.take_body()), {}, {}}, true, used};
}

}  // namespace understudy::fuzz
