#pragma once

#include <unistd.h>

#include <utility>

namespace understudy {

/// Owns a file descriptor; a number below 0 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) {
      ::close(std::exchange(number_, -1));
    }
  }
  [[nodiscard]] int get() const { return number_; }
  /// Gives it up to somebody else.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

}  // namespace understudy
