#pragma once

#include <httplib.h>

#include <string>

#include "understudy/base/message.hpp"
#include "understudy/base/text.hpp"

/// What differs between the library's releases from 0.11 to 0.41: what a release does not have is not asked of it.
namespace understudy::http {

/// Sends paths as they are.
template <class Client>
void leave_target_alone(Client& client) {
  if constexpr (requires { client.set_path_encode(false); }) {
    client.set_path_encode(false);
  } else {
    client.set_url_encode(false);
  }
}

/// Whether the release lets others write the head of a request.
template <class Client>
concept WithHeadWriter = requires(Client& client) {
  client.set_header_writer([](httplib::Stream&, httplib::Headers&) -> ssize_t { return 0; });
};

/// Keeps the fields to itself that the library adds to those of `request`, where the release can be told to.
/// REQUIRES: the request outlives the client's use, and the client sends that one alone.
template <class Client>
void send_no_more_than(Client& client, const Request& request) {
  if constexpr (WithHeadWriter<Client>) {
    client.set_header_writer([&request](httplib::Stream& stream, httplib::Headers& headers) -> ssize_t {
      std::string text;
      for (const auto& [name, value] : headers) {
        const bool is_added = equal_ignoring_case(name, "User-Agent") || equal_ignoring_case(name, "Accept") ||
                              equal_ignoring_case(name, "Content-Type") || equal_ignoring_case(name, "Expect");
        if (!is_added || request.headers.count(name) > 0) {
          text += name + ": " + value + "\r\n";
        }
      }
      text += "\r\n";
      return stream.write(text.data(), text.size());
    });
  }
}

/// Newer releases ask for leave to send a body of 1 KiB or more, and wait a second for it, unless the request expects
/// something itself: nothing, which `send_no_more_than` leaves out.
template <class Client>
void ask_for_no_leave(httplib::Headers& headers) {
  if constexpr (WithHeadWriter<Client>) {
    if (headers.find("Expect") == headers.end()) {
      headers.emplace("Expect", "");
    }
  }
}

}  // namespace understudy::http
