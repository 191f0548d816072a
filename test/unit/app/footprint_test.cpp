#include "understudy/app/footprint.hpp"

#include <sstream>
#include <string>

#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

/// Pages of files that are resident: the third number of proc(5)'s statm.
long resident_pages_of_files() {
  std::istringstream numbers(read_file("/proc/self/statm").value());
  long size = 0;
  long resident = 0;
  long of_files = 0;
  numbers >> size >> resident >> of_files;
  return of_files;
}

TEST_CASE("code that nobody uses is not resident, and is there again when it is used") {
  const auto digest = sha256("before");
  const auto before = resident_pages_of_files();
  let_go_of_the_start();
  CHECK(resident_pages_of_files() < before / 2);
  CHECK(sha256("before") == digest);
}

}  // namespace
}  // namespace understudy::app
