#include "understudy/docker/socket_engine.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "fakes/engine_server.hpp"
#include "fakes/raw_server.hpp"
#include "fakes/stopwatch.hpp"
#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"
#include "understudy/base/text.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::docker;
using namespace std::chrono_literals;
using fakes::answer_of;
using fakes::EngineServer;
using fakes::event_chunk;

namespace {

const std::string kVersion = answer_of(200, R"({"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"})");
const std::string kStream = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string start_of(const std::string& id) {
  return R"({"Type":"container","Action":"start","Actor":{"ID":")" + id +
         R"("},"time":1795217844,"timeNano":1795217844123456789})" + "\n";
}

/// Root may open everything, so be somebody else for a while.
class WithoutRoot {
 public:
  WithoutRoot() : was_root_(geteuid() == 0) {
    if (was_root_) {
      REQUIRE(seteuid(65534) == 0);
    }
  }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;
  ~WithoutRoot() {
    if (was_root_) {
      CHECK(seteuid(0) == 0);
    }
  }

 private:
  bool was_root_;
};

/// A reader that keeps what it hears and has enough after so many events.
struct Heard {
  EventReader reader(std::size_t enough = 1000) {
    return {[this] { return is_open = true; },
            [this, enough](const Event& event) {
              events.push_back(event);
              return events.size() < enough;
            }};
  }
  bool is_open = false;
  std::vector<Event> events;
};

}  // namespace

TEST_CASE("the API's version is the older of both, and none where the engine tells none for us") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {kVersion, "/v1.41"},
      {answer_of(200, R"({"ApiVersion":"1.47"})"), "/v1.47"},
      {answer_of(200, R"({"ApiVersion":"1.52","MinAPIVersion":"1.44"})"), "/v1.47"},
      {answer_of(200, R"({"ApiVersion":"1.99","MinAPIVersion":"1.60"})"), ""},
      {answer_of(200, R"({"ApiVersion":"2.0"})"), ""},
      {answer_of(200, R"({"ApiVersion":"1.x"})"), ""},
      {answer_of(200, "[]"), ""},
      {answer_of(404, R"({"message":"page not found"})"), ""},
  };
  for (const auto& [version, prefix] : rows) {
    CAPTURE(version);
    EngineServer server({{"/version", version}, {prefix + "/containers/json", answer_of(200, "[]")}});
    CHECK(server.engine().list());
    CHECK(server.engine().list());
    const auto ask = "GET " + prefix + "/containers/json";
    CHECK(server.asked() == std::vector<std::string>{"GET /version", ask, ask});
  }
}

TEST_CASE("the list gives ids") {
  EngineServer server({{"/version", kVersion},
                       {"/v1.41/containers/json", answer_of(200, R"([{"Id":"a1","Names":["/web"]},{"Id":"b2"}])")}});
  CHECK(*server.engine().list() == std::vector<std::string>{"a1", "b2"});
}

TEST_CASE("statistics are handed on as they stand") {
  const std::string stats =
      R"({"read":"2026-11-20T23:37:24.5Z", "cpu_stats":{"system_cpu_usage":18446744073709551615}})";
  EngineServer server({{"/version", kVersion}, {"/v1.41/containers/a1/stats", answer_of(200, stats)}});
  CHECK(*server.engine().stats("a1") == stats);
  CHECK(server.asked().back() == "GET /v1.41/containers/a1/stats?stream=false");
}

TEST_CASE("Podman's statistics name the container as Docker's do") {
  EngineServer server({{"/version", kVersion},
                       {"/v1.41/containers/a1/stats", answer_of(200, R"({"read":"2026","name":"web","Id":"a1"})")}});
  CHECK(*server.engine().stats("a1") == R"({"read":"2026","name":"web","id":"a1"})");
}

TEST_CASE("an id can not name another path") {
  EngineServer server({{"/version", kVersion}});
  CHECK_FALSE(server.engine().inspect("../images/json?x=\r\n"));
  CHECK(server.asked().back() == "GET /v1.41/containers/..%2Fimages%2Fjson%3Fx%3D%0D%0A/json");
}

TEST_CASE("an image tells its labels") {
  EngineServer server(
      {{"/version", kVersion},
       {"/v1.41/images/sha256:0f/json", answer_of(200, R"({"Id":"sha256:0f","Config":{"Labels":{"a":"b","c":""}}})")},
       {"/v1.41/images/sha256:1f/json", answer_of(200, R"({"Id":"sha256:1f","Config":{"Labels":null}})")},
       {"/v1.41/images/sha256:2f/json", answer_of(200, R"({"Id":"sha256:2f","Config":null})")},
       {"/v1.41/images/sha256:3f/json", answer_of(403, "")},
       {"/v1.41/images/sha256:4f/json", answer_of(200, "[]")}});
  CHECK(*server.engine().image_labels("sha256:0f") == Labels{{"a", "b"}, {"c", ""}});
  CHECK(server.engine().image_labels("sha256:1f")->empty());
  CHECK(server.engine().image_labels("sha256:2f")->empty());
  CHECK(server.engine().image_labels("sha256:3f").error().code == "Http403");
  CHECK(server.engine().image_labels("sha256:4f").error().code == "BadAnswer");
  CHECK(server.engine().image_labels("../x").error().code == "NoSuchImage");
  CHECK(server.asked().back() == "GET /v1.41/images/..%2Fx/json");
}

TEST_CASE("a container that is not there is told from an engine that fails") {
  EngineServer server({{"/version", kVersion},
                       {"/v1.41/containers/a1/json", answer_of(404, R"({"message":"No such container: a1"})")},
                       {"/v1.41/containers/a1/stats", answer_of(404, "")},
                       {"/v1.41/containers/b2/json", answer_of(500, R"({"message":"out of\norder"})")},
                       {"/v1.41/containers/c3/json", answer_of(200, "<html>")}});
  const auto gone = server.engine().inspect("a1");
  REQUIRE_FALSE(gone);
  CHECK(gone.error() == Error{Error::Kind::kNotFound, "NoSuchContainer",
                              "the container engine answered 404 to GET /containers/a1/json: No such container: a1"});
  const auto broken = server.engine().inspect("b2");
  REQUIRE_FALSE(broken);
  CHECK(broken.error() == Error{Error::Kind::kUnavailable, "Http500",
                                "the container engine answered 500 to GET /containers/b2/json: out of\\x0Aorder"});
  CHECK(server.engine().stats("a1").error().code == "NoSuchContainer");
  CHECK(server.engine().inspect("c3").error().code == "BadAnswer");
  CHECK(server.engine().list().error().code == "Http404");
}

TEST_CASE("events are asked for by kind and time, and come one by one") {
  EngineServer server({{"/version", kVersion},
                       {"/v1.41/events", kStream + event_chunk(start_of("a1") + "not JSON\n" + start_of("b2")) +
                                             event_chunk(start_of("c3")) + "0\r\n\r\n"}});
  Heard heard;
  CHECK(server.engine().follow(WallTime(1795217839999ms), heard.reader()));
  CHECK(heard.is_open);
  REQUIRE(heard.events.size() == 3);
  CHECK(heard.events[0] == Event{Event::Kind::kStarted, "a1"});
  CHECK(heard.events[2].container_id == "c3");
  const auto asked = percent_decode(server.asked().back());
  CHECK(asked.starts_with(
      R"(GET /v1.41/events?since=1795217839&filters={"type":["container","network"],"event":["start")"));

  Heard one;
  CHECK(server.engine().follow(WallTime(), one.reader(1)));
  CHECK(one.events.size() == 1);
}

TEST_CASE("a stream that is refused or broken is an error, and nobody hears of it twice") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {answer_of(400, R"({"message":"bad filter"})"), "Http400"},
      {answer_of(404, "{}"), "Http404"},
      {answer_of(200, "{}"), "Http200"},
      {kStream + event_chunk(start_of("a1")), "Truncated"},
      {kStream + event_chunk(start_of("a1")) + "40001\r\n" + std::string(262145, 'a'), "TooLarge"},
  };
  for (const auto& [answer, code] : rows) {
    CAPTURE(code);
    EngineServer server({{"/version", kVersion}, {"/v1.41/events", answer}});
    Heard heard;
    const auto ended = server.engine().follow(WallTime(), heard.reader());
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == code);
    CHECK(heard.events.size() == (heard.is_open ? 1 : 0));
  }
}

TEST_CASE("an engine that hangs costs no more than the time allowed") {
  const fakes::TempFolder folder;
  const fakes::RawServer server(fakes::listen_at(folder / "s"), [](fakes::RawSocket& peer) { peer.receive_all(); });
  SocketEngine engine({folder / "s", {50ms, 50ms, 1024}, {50ms, 50ms, 1024}, {50ms, 1024}});
  Heard heard;
  const auto taken = fakes::time_of([&] {
    CHECK(engine.list().error().code == "Timeout");
    CHECK(engine.follow(WallTime(), heard.reader()).error().code == "Timeout");
  });
  CHECK(taken < 2s);
}

TEST_CASE("an answer over the limit is refused") {
  EngineServer server(
      {{"/version", kVersion}, {"/v1.41/containers/json", answer_of(200, std::string(5U << 20U, ' '))}});
  CHECK(server.engine().list().error().code == "TooLarge");
}

TEST_CASE("a socket that can not be used tells what to do") {
  const fakes::TempFolder folder;
  SocketEngine none({folder / "none"});
  const auto missing = none.list();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == "NoSocket");
  CHECK(missing.error().message.find("DOCKER_HOST") != std::string::npos);

  {
    const auto left = fakes::listen_at(folder / "left");
  }
  SocketEngine stopped({folder / "left"});
  const auto refused = stopped.list();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("nobody listens") != std::string::npos);
}

TEST_CASE("a socket that is not ours to open tells who may") {
  const fakes::TempFolder folder;
  const auto listener = fakes::listen_at(folder / "s");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  using std::filesystem::perms;
  const gid_t group = geteuid() == 0 ? 54321 : getegid();  // not nobody's, who asks where root runs this
  REQUIRE(chown((folder / "s").c_str(), geteuid(), group) == 0);
  // Systemd's units of Docker and Podman let the group in; a Podman that was started by hand its owner alone.
  for (const auto& [mode, advice] : {std::pair(perms(0060), "--group-add " + std::to_string(group)),
                                     std::pair(perms(0000), "--user " + std::to_string(geteuid()))}) {
    CAPTURE(advice);
    std::filesystem::permissions(folder / "s", mode);
    SocketEngine engine({folder / "s"});
    Result<std::vector<std::string>> denied = std::vector<std::string>();
    {
      const WithoutRoot nobody;
      denied = engine.list();
    }
    REQUIRE_FALSE(denied);
    CHECK(denied.error().kind == Error::Kind::kDenied);
    CHECK(denied.error().code == "PermissionDenied");
    CHECK(denied.error().message.find(advice) != std::string::npos);
  }
}

TEST_CASE("stopping ends a stream under way") {
  std::promise<void> opened;
  const fakes::TempFolder folder;
  const fakes::RawServer endless(fakes::listen_at(folder / "s"), [](fakes::RawSocket& peer) {
    const auto asked = peer.receive_until("\r\n\r\n");
    if (asked.starts_with("GET /version")) {
      peer.send(kVersion);
    } else {
      peer.send(kStream);
      peer.receive_all();
    }
  });
  SocketEngine engine({folder / "s"});
  const EventReader reader{[&] {
                             opened.set_value();
                             return true;
                           },
                           [](const Event&) { return true; }};
  auto following = std::async(std::launch::async, [&] { return engine.follow(WallTime(), reader); });
  opened.get_future().wait();
  engine.stop_all();
  CHECK(following.get().error().code == "ConnectionError");
  CHECK(engine.list().error().code == "ConnectionError");
}
