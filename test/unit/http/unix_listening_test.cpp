#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/recording_log.hpp"
#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"
#include "understudy/http/server.hpp"
#include "understudy/http/unix_client.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

namespace fs = std::filesystem;

/// A server on a socket in a folder of its own, which tells what it knows of its clients.
struct Stage {
  fakes::TempFolder folder;
  fs::path file = folder / "imds.sock";
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  fakes::FakeHandler handler{[](const Request& request, Patience) {
    Response response{200, {}, "[" + request.peer.address + "]", {}};
    response.hop_limit = 1;
    return response;
  }};

  [[nodiscard]] Listener listener() { return {"imds", "unix:" + file.string(), 0, handler}; }
  [[nodiscard]] Server server() { return Server({listener()}, {}, log, clock); }

  Result<std::string> ask() {
    UnixClient client(file);
    auto answer = client.send({"http", "localhost", 80, "/"}, {}, {});
    return answer ? Result<std::string>(std::string(answer->body.view())) : answer.error();
  }
};

unsigned mode_of(const fs::path& file) {
  struct stat facts{};
  return ::lstat(file.c_str(), &facts) == 0 ? facts.st_mode & 07777U : 0;
}

TEST_CASE("clients come by a Unix socket, and have no address") {
  Stage stage;
  auto server = stage.server();
  const auto bound = server.start();
  REQUIRE(bound);
  CHECK(*bound == std::vector<BoundAddress>{{"imds", "unix:" + stage.file.string(), 0}});
  for (int i = 0; i < 20; ++i) {
    CHECK(stage.ask().value() == "[]");
  }
  CHECK(stage.log.lines().empty());
  server.stop(std::chrono::milliseconds(0));
  CHECK_FALSE(fs::exists(stage.file));
}

TEST_CASE("the file has the mode that is said") {
  for (const unsigned mode : {0600U, 0660U, 0666U}) {
    Stage stage;
    auto listener = stage.listener();
    listener.mode = mode;
    Server server({listener}, {}, stage.log, stage.clock);
    REQUIRE(server.start());
    CHECK(mode_of(stage.file) == mode);
  }
}

TEST_CASE("a mode that is set later is the socket's alone, whatever was put in its place") {
  Stage stage;
  auto server = stage.server();
  REQUIRE(server.start());
  server.set_mode(stage.handler, 0600);
  CHECK(mode_of(stage.file) == 0600);
  const auto precious = stage.folder / "precious";
  std::ofstream(precious) << "precious";
  REQUIRE(::chmod(precious.c_str(), 0400) == 0);
  fs::remove(stage.file);
  fs::create_symlink(precious, stage.file);
  server.set_mode(stage.handler, 0666);
  CHECK(mode_of(precious) == 0400);
}

TEST_CASE("the file of a server that died is replaced, and that of one that lives is not") {
  Stage stage;
  {
    const auto dead = fakes::listen_at(stage.file);
  }
  REQUIRE(fs::exists(stage.file));
  auto server = stage.server();
  REQUIRE(server.start());
  CHECK(stage.ask().has_value());
  auto second = stage.server();
  const auto refused = second.start();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "AddressInUse");
  CHECK(refused.error().kind == Error::Kind::kUnavailable);
  CHECK(refused.error().message.starts_with("imds can not listen on unix:" + stage.file.string()));
  CHECK(stage.ask().has_value());
}

TEST_CASE("a server that accepts nobody is not waited for") {
  Stage stage;
  const auto stuck = fakes::listen_at(stage.file);
  std::vector<fakes::RawSocket> waiting;
  sockaddr_un theirs{};
  theirs.sun_family = AF_UNIX;
  stage.file.string().copy(theirs.sun_path, sizeof theirs.sun_path - 1);
  int outcome = 0;
  while (outcome == 0) {
    auto& client = waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    outcome = ::connect(client.fd(), reinterpret_cast<const sockaddr*>(&theirs), sizeof theirs);
  }
  const auto refused = stage.server().start();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "AddressInUse");
}

TEST_CASE("what is no socket stays, and a folder has to be there") {
  Stage stage;
  std::ofstream(stage.file) << "precious";
  const auto refused = stage.server().start();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "NotASocket");
  CHECK(fs::file_size(stage.file) == 8);
  stage.file = stage.folder / "none/imds.sock";
  const auto homeless = stage.server().start();
  REQUIRE_FALSE(homeless);
  CHECK(homeless.error().code == "NoFolder");
  CHECK(homeless.error().message.ends_with("make its folder"));
}

TEST_CASE("a file that another server has put there stays when this one ends") {
  Stage stage;
  auto server = stage.server();
  REQUIRE(server.start());
  fs::remove(stage.file);
  const auto other = fakes::listen_at(stage.file);
  server.stop(std::chrono::milliseconds(0));
  CHECK(fs::exists(stage.file));
}

TEST_CASE("a client that has bound its own end to a long path is as welcome") {
  Stage stage;
  auto server = stage.server();
  REQUIRE(server.start());
  const fakes::RawSocket client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un own{};
  own.sun_family = AF_UNIX;
  (stage.folder / std::string(60, 'c')).string().copy(own.sun_path, sizeof own.sun_path - 1);
  REQUIRE(::bind(client.fd(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
  sockaddr_un theirs{};
  theirs.sun_family = AF_UNIX;
  stage.file.string().copy(theirs.sun_path, sizeof theirs.sun_path - 1);
  REQUIRE(::connect(client.fd(), reinterpret_cast<const sockaddr*>(&theirs), sizeof theirs) == 0);
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.receive_until("[]").ends_with("[]"));
}

}  // namespace
}  // namespace understudy::http
