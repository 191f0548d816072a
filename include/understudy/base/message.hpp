#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

struct HeaderField {
  std::string name;
  std::string value;
  bool operator==(const HeaderField&) const = default;
};

/// Header fields in their order; names are looked up without regard to case (RFC 9110, section 5.1).
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<HeaderField> fields) : fields_(fields) {}

  /// Appends, also beside a field of the same name.
  void add(std::string_view name, std::string_view value);
  /// Replaces every field of that name by this one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// Makes room for so many fields at once.
  void reserve(std::size_t count) { fields_.reserve(count); }
  /// Without fields, but with the memory of those it had: a connection reads its next request into it.
  void clear() { fields_.clear(); }

  /// The first field's value. The view lives as long as the field is untouched.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<HeaderField> fields_;
};

/// A body of its own, or one shared by many responses (a role's credentials, rendered once). Immutable.
class Body {
 public:
  Body() = default;
  Body(std::string text) : own_(std::move(text)) {}
  Body(std::string_view text) : own_(text) {}
  Body(const char* text) : own_(text) {}
  Body(std::shared_ptr<const std::string> shared) : shared_(std::move(shared)) {}

  [[nodiscard]] std::string_view view() const { return shared_ ? std::string_view(*shared_) : std::string_view(own_); }
  [[nodiscard]] std::size_t size() const { return view().size(); }
  friend bool operator==(const Body& left, const Body& right) { return left.view() == right.view(); }

 private:
  std::string own_;
  std::shared_ptr<const std::string> shared_;
};

/// Who sent a request, from the socket and never from a header. `address` is a literal (`127.0.0.1`, `::1`, an
/// IPv4-mapped one as IPv4), empty on a Unix socket.
struct Peer {
  std::string address;
  std::uint16_t port = 0;
  bool operator==(const Peer&) const = default;
};

/// An HTTP request: what our listeners hand to a Handler, and what an HttpClient sends.
struct Request {
  std::string method = "GET";
  std::string target = "/";  ///< Origin form, exactly as on the wire: `/latest//meta-data/?x=1`.
  Headers headers;
  std::string body;
  Peer peer;
};

/// An HTTP response. The server adds `Content-Length`, `Date` and `Connection`; nothing else is added or taken away.
struct Response {
  int status = 200;
  Headers headers;
  Body body;
  std::optional<int> hop_limit;       ///< IP TTL of the answer's packets, 1..64 (the IMDS hop limit).
  std::chrono::milliseconds delay{};  ///< The server holds the answer back for so long: a slow endpoint, played.
  bool operator==(const Response&) const = default;
};

}  // namespace understudy
