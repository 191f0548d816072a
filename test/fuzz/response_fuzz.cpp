// Answers of HTTP. As bytes: the same is read of them however they come in pieces. As a response of ours: the client
// reads what the server wrote. The first byte is the size of a piece.

#include <stdexcept>

#include "fuzz/http_pieces.hpp"
#include "understudy/base/text.hpp"
#include "understudy/http/response_writer.hpp"

namespace {

using understudy::Response;

Response read_response(std::string_view text) {
  constexpr int kStatuses[]{200, 201, 204, 299, 304, 400, 404, 503, 508};
  Response response;
  response.status = kStatuses[take_byte(text) % std::size(kStatuses)];
  for (auto line = take_until(text, '\n'); !line.empty(); line = take_until(text, '\n')) {
    const auto name = take_until(line, ':');
    response.headers.add(name, line);
  }
  response.body = understudy::Body(text);
  return response;
}

bool is_token(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == name.npos;
}

/// What a field of ours is made of; those that frame a message are the writer's own.
bool is_ours(const understudy::HeaderField& field) {
  const auto is_of_frame = [&](std::string_view name) { return understudy::equal_ignoring_case(field.name, name); };
  return is_token(field.name) && std::ranges::all_of(field.value, [](char c) { return c >= ' ' && c <= '~'; }) &&
         understudy::trim(field.value) == field.value && !is_of_frame("Content-Length") &&
         !is_of_frame("Transfer-Encoding") && !is_of_frame("Connection") && !is_of_frame("Upgrade") &&
         !is_of_frame("Proxy-Connection");
}

void hold_for_written(const Response& response) {
  std::string head;
  bool refused = false;
  try {
    understudy::http::append_response_head(head, response, {"Fri, 20 Nov 2026 23:37:24 GMT", true, false});
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  const auto would_split = [](const understudy::HeaderField& field) {
    constexpr std::string_view kEnds("\r\n\0", 3);
    return field.name.find_first_of(kEnds) != std::string::npos ||
           field.value.find_first_of(kEnds) != std::string::npos;
  };
  require(refused == std::ranges::any_of(response.headers, would_split));
  if (refused || !std::ranges::all_of(response.headers, is_ours)) return;
  const bool has_body = response.status != 204 && response.status != 304;
  const auto read =
      understudy::fuzz::read_answer(head + std::string(has_body ? response.body.view() : ""), head.size());
  require(read && read->response.status == response.status);
  require(!has_body || read->response.body == response.body);
  require(std::equal(response.headers.begin(), response.headers.end(), read->response.headers.begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text(data, size);
  const std::size_t piece = take_byte(text) % 64U + 1;
  const auto whole = understudy::fuzz::read_answer(text, text.size() + 1);
  const auto pieces = understudy::fuzz::read_answer(text, piece);
  require(whole.has_value() == pieces.has_value());
  require(!whole || (whole->response == pieces->response && whole->size == pieces->size));
  hold_for_written(read_response(text));
  return 0;
}
