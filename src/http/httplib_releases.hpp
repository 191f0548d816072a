#pragma once

#include <httplib.h>
#include <openssl/ssl.h>

#include <string>
#include <utility>

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

template <class Client>
SSL_CTX* tls_context_of(Client& client) {
  if constexpr (requires { client.tls_context(); }) {
    return static_cast<SSL_CTX*>(client.tls_context());
  } else {
    return client.ssl_context();
  }
}

/// OpenSSL's verdict on the certificate. REQUIRES: the answer's error is SSLServerVerification.
template <class Client, class Answer>
long verification_of(const Client& client, const Answer& answer) {
  if constexpr (requires { client.get_openssl_verify_result(); }) {
    return client.get_openssl_verify_result();
  } else {
    return static_cast<long>(answer.ssl_backend_error());
  }
}

/// Keeps the fields to itself that the library adds to those of `request`, where the release can be told to. Some of
/// these releases send a request again on a new connection when TLS was closed before an answer: `once` makes that
/// fail, because a code or a refresh token in it may be used up. Not for a proxy, to which CONNECT goes first.
/// REQUIRES: the request outlives the client's use, and the client sends that one alone.
template <class Client>
void send_no_more_than(Client& client, const Request& request, bool once) {
  if constexpr (requires {
                  client.set_header_writer([](httplib::Stream&, httplib::Headers&) -> ssize_t { return 0; });
                }) {
    client.set_header_writer(
        [&request, once, was_written = false](httplib::Stream& stream, httplib::Headers& headers) mutable -> ssize_t {
          if (once && std::exchange(was_written, true)) {
            return -1;
          }
          std::string text;
          for (const auto& [name, value] : headers) {
            const bool is_added = equal_ignoring_case(name, "User-Agent") || equal_ignoring_case(name, "Accept") ||
                                  equal_ignoring_case(name, "Content-Type");
            const bool is_empty_credential = equal_ignoring_case(name, "Proxy-Authorization") && value.empty();
            if (!is_empty_credential && (!is_added || request.headers.count(name) > 0)) {
              text += name + ": " + value + "\r\n";
            }
          }
          text += "\r\n";
          return stream.write(text.data(), text.size());
        });
  }
}

}  // namespace understudy::http
