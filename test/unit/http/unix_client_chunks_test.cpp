#include <chrono>
#include <string>
#include <utility>

#include "fakes/raw_server.hpp"
#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"
#include "understudy/http/unix_client.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

using namespace std::chrono_literals;

/// The head of an answer in chunks, and then one byte every 10 ms.
fakes::RawServer::Script by_bytes(std::string chunks) {
  return [chunks = std::move(chunks)](fakes::RawSocket& peer) {
    peer.receive_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char byte : chunks) {
      static_cast<void>(peer.is_told_within(10ms));
      peer.send({&byte, 1});
    }
  };
}

TEST_CASE("chunks, and the last one of them, may come byte by byte") {
  for (const std::string body : {"", "2\r\nhe\r\n3\r\nllo\r\n"}) {
    for (const char* const last : {"0\r\n\r\n", "00\r\n\r\n"}) {
      CAPTURE(body);
      CAPTURE(last);
      const fakes::TempFolder folder;
      const fakes::RawServer server(fakes::listen_at(folder / "s"), by_bytes(body + last));
      UnixClient client(folder / "s");
      const auto response = client.send({"http", "docker", 80, "/"}, {}, {10s, 10s, 1024});
      REQUIRE(response);
      CHECK(response->body.view() == (body.empty() ? "" : "hello"));
    }
  }
}

}  // namespace
}  // namespace understudy::http
