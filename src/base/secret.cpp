#include "understudy/base/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace understudy {

void wipe(std::string& text) noexcept {
  // The size is grown to the capacity first, because a shorter text may have left its end in the buffer.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): also of a string that was moved from; what stayed behind has to go.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

Secret::Secret(std::string text) noexcept : text_(std::move(text)) {
  // A short string moves by copying its bytes, which stay behind in the source.
  understudy::wipe(text);
}

Secret::Secret(std::string_view text) : text_(text) {}

Secret::Secret(const char* text) : text_(text) {}

Secret::Secret(const Secret& other) = default;

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() noexcept { understudy::wipe(text_); }

bool operator==(const Secret& left, const Secret& right) { return equal_in_constant_time(left.text_, right.text_); }

}  // namespace understudy
