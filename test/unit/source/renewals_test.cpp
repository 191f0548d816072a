#include "understudy/source/renewals.hpp"

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

const Error kRefused{Error::Kind::kActionNeeded, "InvalidGrant", "refused"};
const Error kPassing{Error::Kind::kUnavailable, "Http503", "later"};

TEST_CASE("one renews at a time, and another file is another turn") {
  fakes::FakeClock clock;
  Renewals renewals(clock);
  const auto other = renewals.take("/b");
  int inside = 0;
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 1000; ++round) {
        const auto turn = renewals.take("/a");
        most = std::max(most.load(), ++inside);
        --inside;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(most == 1);
}

TEST_CASE("a failure is remembered for a while, for the content that it was about") {
  struct Row {
    const Error& error;
    std::chrono::milliseconds memory;
  };
  for (const auto& row : {Row{kRefused, Renewals::kRefusalMemory}, Row{kPassing, Renewals::kPassingMemory}}) {
    CAPTURE(row.error.message);
    fakes::FakeClock clock;
    Renewals renewals(clock);
    CHECK_FALSE(renewals.take("/a").failure("old"));
    renewals.take("/a").failed("old", row.error);
    clock.advance(row.memory - std::chrono::milliseconds(1));
    CHECK(renewals.take("/a").failure("old") == row.error);
    CHECK_FALSE(renewals.take("/a").failure("new"));
    CHECK_FALSE(renewals.take("/b").failure("old"));
    clock.advance(std::chrono::milliseconds(1));
    CHECK_FALSE(renewals.take("/a").failure("old"));
  }
}

TEST_CASE("what is renewed is saved for its owner alone, and only over what it was renewed from") {
  const fakes::TempFolder folder;
  const auto path = folder / "token.json";
  std::ofstream(path) << "old";
  REQUIRE(save_renewed(path, "old", "renewed"));
  CHECK(read_file(path).value() == "renewed");
  CHECK((file_mode(path) & 0777U) == 0600);

  REQUIRE(save_renewed(path, "old", "late"));
  CHECK(read_file(path).value() == "renewed");

  std::filesystem::remove(path);
  REQUIRE(save_renewed(path, "renewed", "late"));
  CHECK_FALSE(std::filesystem::exists(path));

  std::filesystem::create_directory(path);
  CHECK_FALSE(save_renewed(path, "renewed", "late"));
}

}  // namespace
}  // namespace understudy::source
