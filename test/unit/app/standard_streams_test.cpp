#include "understudy/app/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

/// Gives a descriptor back at the end, whatever has become of it.
class Kept {
 public:
  explicit Kept(int number) : number_(number), copy_(fcntl(number, F_DUPFD_CLOEXEC, 10)) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() {
    dup2(copy_, number_);
    close(copy_);
  }

 private:
  int number_;
  int copy_;
};

void put_in_place(int number, const char* path) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  REQUIRE(dup2(file, number) == number);
  close(file);
}

TEST_CASE("closed standard streams are filled, so that nothing else takes their numbers") {
  const Kept in(STDIN_FILENO);
  const Kept error(STDERR_FILENO);
  close(STDIN_FILENO);
  close(STDERR_FILENO);
  fill_standard_streams();
  for (const int number : {STDIN_FILENO, STDERR_FILENO}) {
    // Open, and for the commands that we start, too.
    CHECK(fcntl(number, F_GETFD) == 0);
  }
  const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(next > STDERR_FILENO);
  close(next);
}

TEST_CASE("open ones are left alone, and no descriptor is lost") {
  const int before = dup(STDIN_FILENO);
  close(before);
  fill_standard_streams();
  const int after = dup(STDIN_FILENO);
  close(after);
  CHECK(before == after);
}

TEST_CASE("what can not be written is told for standard output, and passed over for standard error") {
  bool written = true;
  {
    const Kept out(STDOUT_FILENO);
    put_in_place(STDOUT_FILENO, "/dev/full");
    written = print_out("text\n");
    std::clearerr(stdout);
  }
  CHECK_FALSE(written);
  CHECK(print_out(""));
  const Kept error(STDERR_FILENO);
  put_in_place(STDERR_FILENO, "/dev/full");
  CHECK_NOTHROW(print_error("text\n"));
}

}  // namespace
}  // namespace understudy::app
