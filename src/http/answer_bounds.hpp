#pragma once

#include <cstddef>
#include <string_view>

namespace understudy::http {

/// How much of an answer a call reads, whatever the peer says that there is: the library reads lines and fields of any
/// length, and its older releases match the status line by a recursion that is as deep as the line is long.
///
/// A head has at most kHead bytes, interim answers included, and lines of at most kLine; a status line at most
/// kStatusLine. After it each byte of the body may take kPerByte, as chunks of one byte do: `1`, CRLF, the byte, CRLF.
/// kSlack is for the rest, and the most between two pieces of the body: one read, a chunk's frame, the end of the
/// chunks. So an answer passes that has as much body as the call allows, in chunks however small, and one of nothing
/// but frames ends early. Belongs to one call.
class AnswerBounds {
 public:
  enum class Excess { kNone, kHead, kAnswer };

  static constexpr std::size_t kHead = 16 * 1024;
  static constexpr std::size_t kLine = 8 * 1024;
  static constexpr std::size_t kStatusLine = 1024;
  static constexpr std::size_t kPerByte = 6;
  static constexpr std::size_t kSlack = 16 * 1024;

  /// Counts what is about to be handed to the library; false where it must not be, as never again after that.
  [[nodiscard]] bool take(std::string_view bytes);
  /// The library has the head, and reads on behind it.
  void head_is_whole() { is_in_head_ = false; }
  /// The library has passed on so much of the body.
  void pass_on(std::size_t size);

  [[nodiscard]] Excess excess() const { return excess_; }

 private:
  void count_in_head(char byte);

  bool is_in_head_ = true;
  Excess excess_ = Excess::kNone;
  std::size_t head_ = 0;
  std::size_t line_ = 0;
  bool may_be_status_ = true;  ///< The line begins as a status line does.
  std::size_t behind_head_ = 0;
  std::size_t since_passed_on_ = 0;
  std::size_t body_ = 0;
};

}  // namespace understudy::http
