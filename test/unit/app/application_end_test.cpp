#include <chrono>
#include <future>
#include <string>

#include "fakes/raw_server.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/app/application.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/config/load.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

TEST_CASE("a start that waits for a silent STS comes to its end when it is given up") {
  std::promise<void> asked;
  fakes::RawServer silent([&](fakes::RawSocket& client) {
    client.receive_until("\r\n\r\n");
    asked.set_value();
    client.receive_all();
  });
  const auto loaded = config::load_config_text(
      "region: us-east-1\n"
      "listen: {imds: 127.0.0.1:0}\n"
      "sts: {endpoint: 'http://127.0.0.1:" +
          std::to_string(silent.port()) +
          "'}\n"
          "roles:\n"
          "  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake}}\n"
          "  app: {assume_role: arn:aws:iam::111122223333:role/app, source: base}\n"
          "imds: {role: app}\n",
      "test", Environment(), {});
  REQUIRE(loaded.has_value());
  const SystemClock clock;
  fakes::RecordingLog log;
  const Environment environment({{"AWS_CONFIG_FILE", "/dev/null"}, {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}});
  const auto application = Application::build(loaded->config, environment, clock, log);
  REQUIRE(application.has_value());
  auto started = std::async(std::launch::async, [&] { return (*application)->start().has_value(); });
  asked.get_future().wait();
  const auto before = std::chrono::steady_clock::now();
  (*application)->give_up();
  CHECK(started.get());
  // Left alone it takes five seconds.
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(3));
  (*application)->stop(std::chrono::milliseconds(0));
}

}  // namespace
}  // namespace understudy::app
