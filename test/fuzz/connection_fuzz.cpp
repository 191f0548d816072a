// A client's bytes at a real connection, with no network: every request that is heard is a right one, every answer is
// one that the client's parser reads, and in pieces the same is heard and said. The first byte is the size of a piece.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/recording_log.hpp"
#include "fuzz/http_pieces.hpp"
#include "http/connection.hpp"

namespace {

namespace http = understudy::http;
namespace asio = boost::asio;
using understudy::Request;

constexpr http::Limits kLimits{.head = {512, 256, 8}, .body = 64};

struct Exchange {
  std::vector<Request> heard;
  std::string said;
};

/// The client's end: never blocks, and does not mind that the other has gone.
class Client {
 public:
  explicit Client(int descriptor) : descriptor_(descriptor) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(descriptor_); }

  void send(std::string_view bytes) const {
    [[maybe_unused]] const auto ignored = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  void end() const { ::shutdown(descriptor_, SHUT_WR); }
  void receive(std::string& out) const {
    std::array<char, 4096> part{};
    for (;;) {
      const auto count = ::recv(descriptor_, part.data(), part.size(), MSG_DONTWAIT);
      if (count <= 0) return;
      out.append(part.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int descriptor_;
};

Exchange exchange(std::string_view bytes, std::size_t piece) {
  const understudy::fakes::FakeClock clock;
  understudy::fakes::RecordingLog log;
  understudy::fakes::FakeHandler handler(
      [](const Request&, understudy::Patience) { return understudy::Response{200, {}, "a body", {}, {}}; });
  const http::Listener listener{"seed", "127.0.0.1", 0, handler, kLimits};
  const http::SystemInterfaces interfaces;
  const http::LinkLocalGuard link_local(interfaces);
  http::Worker worker({4, 65536}, log, clock, link_local);
  http::TrafficCounts traffic;
  http::Gate gate{listener, http::Acceptor(worker.context()), traffic};
  std::array<int, 2> ends{};
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const Client client(ends[0]);
  http::Socket socket(worker.context(), asio::generic::stream_protocol(asio::ip::tcp::v4()), ends[1]);
  const http::Endpoint peer(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 40000));
  Exchange done;
  bool has_ended = false;
  {
    http::Connection connection(worker, gate, std::move(socket), peer);
    asio::co_spawn(worker.context().get_executor(), connection.run(), [&](const std::exception_ptr& fault) {
      require(!fault);
      has_ended = true;
    });
    const auto turn = [&] {
      while (worker.context().poll() > 0) {
      }
      client.receive(done.said);
    };
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      client.send(bytes.substr(0, piece));
      turn();
    }
    client.end();
    turn();
    require(has_ended);
  }
  done.heard = handler.requests();
  return done;
}

void hold_for_heard(const Request& request) {
  require(!request.method.empty() && request.target.starts_with('/') && request.headers.count("Host") <= 1);
  require(request.headers.count("Content-Length") <= 1);
  require(request.headers.count("Transfer-Encoding") == 0 && request.body.size() <= kLimits.body);
  const auto length = request.headers.get("Content-Length");
  require(length ? std::to_string(request.body.size()) ==
                       length->substr(std::min(length->find_first_not_of('0'), length->size() - 1))
                 : request.body.empty());
  require(request.peer == understudy::Peer{"127.0.0.1", 40000});
}

/// The statuses of all answers but `100 Continue`, whose number is the client's patience.
std::vector<int> statuses_of(const Exchange& done) {
  std::vector<int> statuses;
  for (std::string_view rest = done.said; !rest.empty();) {
    const bool to_head = statuses.size() < done.heard.size() && done.heard[statuses.size()].method == "HEAD";
    const auto answer = understudy::fuzz::read_answer(rest, rest.size(), to_head);
    require(answer.has_value());
    rest.remove_prefix(answer->size);
    if (answer->response.status == 100) continue;
    statuses.push_back(answer->response.status);
    // Only the last one can be a refusal.
    require((answer->response.status == 200) == (statuses.size() <= done.heard.size()));
    require(answer->response.status == 200 || rest.empty());
  }
  require(statuses.size() >= done.heard.size());
  return statuses;
}

bool are_equal(const Request& left, const Request& right) {
  return left.method == right.method && left.target == right.target && left.headers == right.headers &&
         left.body == right.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto bytes = as_text(data, size);
  const std::size_t piece = take_byte(bytes) % 64U + 1;
  const auto whole = exchange(bytes, bytes.size());
  const auto pieces = exchange(bytes, piece);
  std::ranges::for_each(whole.heard, hold_for_heard);
  require(std::ranges::equal(whole.heard, pieces.heard, are_equal));
  require(statuses_of(whole) == statuses_of(pieces));
  return 0;
}
