#include "understudy/source/cached_role.hpp"

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cached_role_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a cold role knows nothing and does nothing until it is asked") {
  Stage stage;
  CHECK(stage.role->state()->is_cold());
  CHECK(stage.role->key() == "app");
  CHECK(stage.role->arn() == "arn:aws:iam::111122223333:role/app");
  CHECK(stage.role->due_at() <= stage.clock.boot());
  CHECK(stage.source->calls() == 0);
}

TEST_CASE("asking a cold role starts a fetch and wakes when it has settled") {
  Stage stage;
  int woken = 0;
  stage.role->on_settled([&] { ++woken; });
  CHECK(stage.starts == 1);
  CHECK(woken == 0);
  stage.role->refresh();
  CHECK(woken == 1);
  stage.role->on_settled([&] { ++woken; });
  CHECK(woken == 2);
  CHECK(stage.starts == 1);
}

TEST_CASE("of those who wait too many do not add up: who came first has given up long ago") {
  constexpr int kMost = 16384;
  Stage stage;
  std::vector<int> woken;
  for (int i = 0; i <= kMost; ++i) {
    stage.role->on_settled([&woken, i] { woken.push_back(i); });
  }
  stage.role->refresh();
  REQUIRE(woken.size() == kMost / 2 + 1);
  CHECK(woken.front() == kMost / 2);
  CHECK(woken.back() == kMost);
}

TEST_CASE("a refresh that is asked for when it is due does nothing once another one has been made") {
  Stage stage;
  stage.role->refresh_if_due();
  stage.role->refresh_if_due();
  CHECK(stage.source->calls() == 1);
  stage.clock.advance(minutes(36));
  stage.role->refresh_if_due();
  CHECK(stage.source->calls() == 2);
}

TEST_CASE("a failure settles a role too") {
  Stage stage;
  stage.source->then(kDenied);
  int woken = 0;
  stage.role->on_settled([&] { ++woken; });
  stage.role->refresh();
  CHECK(woken == 1);
  CHECK(stage.role->state()->error == kDenied);
  CHECK_FALSE(stage.role->state()->credentials);
}

TEST_CASE("held credentials are handed out until their refresh is due") {
  Stage stage;
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000001");
  stage.clock.advance(minutes(35));
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000001");
  stage.clock.advance(minutes(1));
  CHECK(stage.role->due_at() <= stage.clock.boot());
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000002");
  CHECK(stage.role->state()->generation == 2);
  CHECK(stage.source->calls() == 2);
}

TEST_CASE("fresh ones are fetched whatever is held") {
  Stage stage;
  REQUIRE(stage.role->get(Freshness::kCached));
  CHECK(key_id(stage.role->get(Freshness::kFresh)) == "ASIAEXAMPLE000000002");
  CHECK(stage.source->asked() == std::vector{Freshness::kCached, Freshness::kFresh});
}

TEST_CASE("a failed refresh keeps the old ones until they end and then takes them away") {
  Stage stage;
  REQUIRE(stage.role->get(Freshness::kCached));
  stage.clock.advance(minutes(40));
  stage.source->then(kDown);
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000001");
  auto state = stage.role->state();
  CHECK(state->credentials.has_value());
  CHECK(state->error == kDown);
  CHECK(stage.role->due_at() - stage.clock.boot() == seconds(5));

  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000001");
  CHECK(stage.source->calls() == 2);

  stage.clock.advance(minutes(20));
  stage.source->then(kDown);
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ConnectionError");
  state = stage.role->state();
  CHECK_FALSE(state->credentials);
  CHECK_FALSE(state->documents.imds);
  CHECK(state->error == kDown);
  CHECK(stage.log.count("have ended") == 1);
}

TEST_CASE("ended credentials are taken away before the next fetch is through") {
  Stage stage;
  REQUIRE(stage.role->get(Freshness::kCached));
  stage.clock.advance(hours(1));
  stage.source->close();
  std::thread refresh([&] { stage.role->refresh(); });
  REQUIRE(stage.source->wait_for_calls(2));
  CHECK_FALSE(stage.role->state()->credentials);
  CHECK(stage.role->state()->error->code == "CredentialsEnded");
  stage.source->open();
  refresh.join();
  CHECK(stage.role->state()->credentials->access_key_id == "ASIAEXAMPLE000000002");
  CHECK_FALSE(stage.role->state()->error);
}

TEST_CASE("an error is remembered until the next try is due") {
  Stage stage;
  stage.source->then(kDown);
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ConnectionError");
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ConnectionError");
  CHECK(stage.source->calls() == 1);
  stage.clock.advance(seconds(1));
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000002");
}

TEST_CASE("while one refreshes the others get what is held, but not in the last minute") {
  Stage stage;
  REQUIRE(stage.role->get(Freshness::kCached));
  stage.clock.advance(minutes(40));
  stage.source->close();
  std::thread refresh([&] { stage.role->refresh(); });
  REQUIRE(stage.source->wait_for_calls(2));
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000001");
  stage.clock.advance(minutes(19) + seconds(30));
  std::thread late([&] { CHECK(key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000002"); });
  stage.source->open();
  refresh.join();
  late.join();
  CHECK(stage.source->calls() == 2);
}

TEST_CASE("a source that asks for its own role gets an error and no deadlock") {
  struct Loop final : Source {
    Source* self = nullptr;
    Result<aws::Credentials> get(Freshness freshness) override { return self->get(freshness); }
  };
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  auto loop = std::make_unique<Loop>();
  auto* raw = loop.get();
  CachedRole role({"loop", "", std::move(loop), [](CachedRole&) {}}, clock, log, [] { return 0.0; });
  raw->self = &role;
  CHECK(key_id(role.get(Freshness::kCached)) == "RoleLoop");
}

TEST_CASE("an exception of a source is an error with nothing of it, and the role goes on") {
  struct Faulty final : Source {
    int calls = 0;
    Result<aws::Credentials> get(Freshness) override {
      if (++calls == 1) {
        throw std::logic_error("boom");
      }
      return kDenied;
    }
  };
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  CachedRole role({"app", "", std::make_unique<Faulty>(), [](CachedRole&) {}}, clock, log, [] { return 0.0; });
  CHECK(key_id(role.get(Freshness::kFresh)) == "InternalError");
  CHECK(role.state()->error->message.find("boom") == std::string::npos);
  CHECK(key_id(role.get(Freshness::kFresh)) == "AccessDenied");
}

TEST_CASE("the log says what came, what failed and when it is tried again, and no secret") {
  Stage stage;
  stage.role->refresh();
  CHECK(stage.log.contains("role app: credentials ...0001 until 2026-11-21T00:37:24Z"));
  stage.source->then(Error{Error::Kind::kDenied, "AccessDenied", "no\nway"});
  stage.source->then(Error{Error::Kind::kDenied, "AccessDenied", "no\nway"});
  stage.role->refresh();
  stage.role->refresh();
  CHECK(stage.log.count(LogLevel::kWarning, "role app: AccessDenied: no\\x0Away; next try in 5s") == 1);
  CHECK(stage.log.count(LogLevel::kDebug, "role app: AccessDenied") == 1);
  CHECK_FALSE(stage.log.contains("secret-"));
  CHECK_FALSE(stage.log.contains("token-"));
  CHECK_FALSE(stage.log.contains("ASIAEXAMPLE"));
}

TEST_CASE("five hundred threads on a cold role make one fetch") {
  constexpr int kThreads = 500;
  Stage stage;
  stage.source->close();
  std::latch ready(kThreads);
  std::atomic<int> got = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      ready.count_down();
      got += key_id(stage.role->get(Freshness::kCached)) == "ASIAEXAMPLE000000001" ? 1 : 0;
    });
  }
  ready.wait();
  stage.source->open();
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(got == kThreads);
  CHECK(stage.source->calls() == 1);
}

/// True where every part of the state, and every document, is of one generation.
bool is_of_one_generation(const RoleState& state) {
  const auto& keys = *state.credentials;
  const auto number = std::to_string(state.generation);
  const auto holds = [&](const std::shared_ptr<const std::string>& body) {
    return body->find('"' + keys.access_key_id + '"') != std::string::npos &&
           body->find("\"secret-" + number + '"') != std::string::npos &&
           body->find("\"token-" + number + '"') != std::string::npos;
  };
  return keys.access_key_id.ends_with("0" + number) && keys.secret_access_key.reveal() == "secret-" + number &&
         keys.session_token->reveal() == "token-" + number && holds(state.documents.imds) &&
         holds(state.documents.ecs) && holds(state.documents.pod_identity);
}

TEST_CASE("a hundred thousand reads during rotation each see one generation") {
  constexpr int kReaders = 4;
  constexpr int kReads = 25'000;
  Stage stage;
  stage.role->refresh();
  std::atomic<int> mixed = 0;
  std::atomic<int> reading = kReaders;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      std::uint64_t newest = 0;
      for (int read = 0; read < kReads; ++read) {
        const auto state = stage.role->state();
        mixed += is_of_one_generation(*state) && state->generation >= newest ? 0 : 1;
        newest = state->generation;
      }
      --reading;
    });
  }
  while (reading > 0) {
    stage.role->refresh();
  }
  for (auto& reader : readers) {
    reader.join();
  }
  CHECK(mixed == 0);
  CHECK(stage.role->state()->generation > 1);
}

}  // namespace
}  // namespace understudy::source
