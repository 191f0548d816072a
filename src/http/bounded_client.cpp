#include "bounded_client.hpp"

#include <algorithm>
#include <poll.h>
#include <string_view>

namespace understudy::http {

bool BoundedStream::is_readable() const { return comes_within(0); }

bool BoundedStream::wait_readable() const { return comes_within(-1); }

bool BoundedStream::comes_within(int milliseconds) const {
  pollfd readable{wire_.socket(), POLLIN, 0};
  return next_ < end_ || wire_.holds_some() || ::poll(&readable, 1, milliseconds) > 0;
}

ssize_t BoundedStream::read(char* room, std::size_t size) {
  if (next_ == end_) {
    const auto count = wire_.read(buffer_.data(), buffer_.size());
    if (count <= 0) {
      return count;
    }
    next_ = 0;
    end_ = static_cast<std::size_t>(count);
  }
  const std::string_view bytes(buffer_.data() + next_, std::min(size, end_ - next_));
  if (!bounds_.take(bytes)) {
    return -1;
  }
  std::ranges::copy(bytes, room);
  next_ += bytes.size();
  return static_cast<ssize_t>(bytes.size());
}

}  // namespace understudy::http
