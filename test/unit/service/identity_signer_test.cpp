#include "understudy/service/identity_signer.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Stage {
  /// Asks, and waits until it is woken.
  void wait_for(const char* document) {
    const auto woken = std::make_shared<std::promise<void>>();
    signer.until_signed(document)->on_ready([woken] { woken->set_value(); });
    woken->get_future().wait();
  }

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  int calls = 0;
  std::optional<Error> error;
  bool throws = false;
  IdentitySigner signer{[this]() -> Result<IdentityKeys> {
                          ++calls;
                          if (throws) {
                            throw std::runtime_error("OpenSSL failed: a test");
                          }
                          return error ? Result<IdentityKeys>(*error) : make_identity_keys(clock.wall());
                        },
                        clock, log};
};

TEST_CASE("keys are got at the first use alone, and each document is signed once") {
  Stage stage;
  CHECK(stage.signer.find("a") == nullptr);
  const auto deferred = stage.signer.until_signed("a");
  CHECK(stage.calls == 0);
  stage.wait_for("a");
  const auto first = stage.signer.find("a");
  REQUIRE(first != nullptr);
  CHECK(stage.signer.find("b") == nullptr);
  stage.wait_for("b");
  const auto second = stage.signer.find("b");
  REQUIRE(second != nullptr);
  CHECK(*second->signature != *first->signature);
  stage.wait_for("a");
  CHECK(stage.signer.find("a") == first);
  CHECK(stage.calls == 1);
}

TEST_CASE("signatures of the newest documents alone are held") {
  Stage stage;
  stage.wait_for("first");
  for (std::size_t i = 1; i < IdentitySigner::kMostDocuments; ++i) {
    stage.wait_for(std::to_string(i).c_str());
  }
  CHECK(stage.signer.find("first") != nullptr);
  stage.wait_for("one more");
  CHECK(stage.signer.find("first") == nullptr);
  CHECK(stage.signer.find("1") != nullptr);
  CHECK(stage.signer.find("one more") != nullptr);
  stage.wait_for("first");
  CHECK(stage.signer.find("first") != nullptr);
  CHECK(stage.calls == 1);
}

TEST_CASE("all who want a document are woken, once each") {
  Stage stage;
  std::atomic<int> woken = 0;
  for (int i = 0; i < 8; ++i) {
    stage.signer.until_signed("a")->on_ready([&] { ++woken; });
  }
  stage.signer.stop();
  CHECK(woken == 8);
  CHECK(stage.calls == 1);
}

TEST_CASE("where there are no keys the log says why, and the next one to ask tries again after a while") {
  Stage stage;
  stage.error = Error{Error::Kind::kUnavailable, "FileError", "can not create /k: Permission denied"};
  stage.wait_for("a");
  CHECK(stage.signer.find("a") == nullptr);
  CHECK(stage.log.count(LogLevel::kError, "can not create /k: Permission denied") == 1);
  stage.error.reset();
  stage.clock.advance(IdentitySigner::kRetry - std::chrono::milliseconds(1));
  stage.wait_for("a");
  CHECK(stage.calls == 1);
  stage.clock.advance(std::chrono::milliseconds(1));
  stage.wait_for("a");
  CHECK(stage.calls == 2);
  CHECK(stage.signer.find("a") != nullptr);
}

TEST_CASE("a fault in making keys is told and answered as no keys") {
  Stage stage;
  stage.throws = true;
  stage.wait_for("a");
  CHECK(stage.signer.find("a") == nullptr);
  CHECK(stage.log.count(LogLevel::kError, "signing failed: OpenSSL failed: a test") == 1);
}

TEST_CASE("after the end nobody waits and nothing is signed") {
  Stage stage;
  stage.signer.stop();
  stage.wait_for("a");
  CHECK(stage.signer.find("a") == nullptr);
  CHECK(stage.calls == 0);
  stage.signer.stop();
}

}  // namespace
}  // namespace understudy::service
