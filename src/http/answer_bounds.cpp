#include "answer_bounds.hpp"

namespace understudy::http {
namespace {

constexpr std::string_view kProtocol = "HTTP/";

}  // namespace

bool AnswerBounds::take(std::string_view bytes) {
  if (is_in_head_) {
    for (const char byte : bytes) {
      count_in_head(byte);
    }
  } else {
    behind_head_ += bytes.size();
    since_passed_on_ += bytes.size();
    if (since_passed_on_ > kSlack || behind_head_ > kPerByte * body_ + kSlack) {
      excess_ = Excess::kAnswer;
    }
  }
  return excess_ == Excess::kNone;
}

void AnswerBounds::pass_on(std::size_t size) {
  body_ += size;
  since_passed_on_ = 0;
}

void AnswerBounds::count_in_head(char byte) {
  if (line_ < kProtocol.size()) {
    may_be_status_ = may_be_status_ && byte == kProtocol[line_];
  }
  ++head_;
  ++line_;
  const auto longest = may_be_status_ && line_ >= kProtocol.size() ? kStatusLine : kLine;
  if (head_ > kHead || line_ > longest) {
    excess_ = Excess::kHead;
  }
  if (byte == '\n') {
    line_ = 0;
    may_be_status_ = true;
  }
}

}  // namespace understudy::http
