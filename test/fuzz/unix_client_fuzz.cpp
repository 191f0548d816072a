// A server's bytes at the client that asks container engines, over a socket: it reads the same as its parser does of
// all bytes at once, and of a stream the lines of its body. The first byte is the size of a piece.

#include <sys/socket.h>

#include <string>
#include <thread>
#include <vector>

#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"
#include "fuzz/http_pieces.hpp"
#include "understudy/base/text.hpp"
#include "understudy/http/unix_client.hpp"

namespace {

namespace http = understudy::http;
using understudy::fakes::RawSocket;

constexpr std::size_t kMostBody = 1024;
constexpr std::size_t kLongestLine = 256;

/// A server that says the same to whoever comes.
class Peer {
 public:
  Peer() : listener_(understudy::fakes::listen_at(folder_ / "s")) {}

  template <class Call>
  auto while_it_says(std::string_view bytes, std::size_t piece, const Call& call) {
    std::thread server([&] { serve(bytes, piece); });
    auto result = call(client_);
    server.join();
    return result;
  }

 private:
  void serve(std::string_view bytes, std::size_t piece) const {
    const RawSocket connection(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      if (::send(connection.fd(), bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL) < 0) return;
    }
    ::shutdown(connection.fd(), SHUT_WR);
    // It goes when the client does, so that nothing it said is lost.
    char ignored[256];
    while (::recv(connection.fd(), ignored, sizeof ignored, 0) > 0) {
    }
  }

  understudy::fakes::TempFolder folder_;
  RawSocket listener_;
  http::UnixClient client_{folder_ / "s"};
};

std::vector<std::string> lines_of(std::string_view body) {
  std::vector<std::string> lines;
  while (!body.empty()) {
    auto line = take_until(body, '\n');
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

void hold_for_stream(Peer& peer, std::string_view bytes, std::size_t piece) {
  std::vector<std::string> lines;
  bool is_stream = false;
  const http::LineReader reader{[&] { return is_stream = true; },
                                [&](std::string_view line) {
                                  require(!line.empty() && line.size() <= kLongestLine);
                                  lines.emplace_back(line);
                                  return true;
                                }};
  const auto followed = peer.while_it_says(bytes, piece, [&](http::UnixClient& client) {
    return client.follow({"http", "docker", 80, "/"}, {}, {std::chrono::seconds(5), kLongestLine}, reader);
  });
  const auto expected = understudy::fuzz::read_answer(bytes, bytes.size() + 1, false, 64 * 1024);
  require(is_stream || lines.empty());
  require(!followed || expected);
  require(!followed || !is_stream || lines == lines_of(expected->response.body.view()));
  require(followed || !followed.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Peer peer;
  auto bytes = as_text(data, size);
  const std::size_t piece = take_byte(bytes) * 4U + 1;
  const auto response = peer.while_it_says(bytes, piece, [](http::UnixClient& client) {
    return client.send({"http", "docker", 80, "/"}, {}, {std::chrono::seconds(5), std::chrono::seconds(5), kMostBody});
  });
  const auto expected = understudy::fuzz::read_answer(bytes, bytes.size() + 1, false, kMostBody);
  require(response.has_value() == expected.has_value());
  require(!response || *response == expected->response);
  require(response || (response.error().code != "Timeout" && is_showable(response.error().message)));
  hold_for_stream(peer, bytes, piece);
  return 0;
}
