#include "understudy/base/environment.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("a variable that is unset or empty is not there") {
  const Environment environment({{"AWS_REGION", "us-east-1"}, {"AWS_PROFILE", ""}});
  CHECK(environment.get("AWS_REGION") == "us-east-1");
  CHECK_FALSE(environment.get("AWS_PROFILE"));
  CHECK_FALSE(environment.get("aws_region"));
  CHECK_FALSE(environment.get("AWS_REGIO"));
  CHECK_FALSE(Environment().get("AWS_REGION"));
}

TEST_CASE("all variables can be listed, empty ones too") {
  CHECK(Environment({{"A", "1"}, {"B", ""}}).all().size() == 2);
}

TEST_CASE("the process's environment is read as it is at that moment") {
  // NOLINTBEGIN(concurrency-mt-unsafe): this test has one thread.
  setenv("UNDERSTUDY_TEST_VARIABLE", "a=b", 1);
  const auto environment = Environment::of_process();
  setenv("UNDERSTUDY_TEST_VARIABLE", "changed", 1);
  CHECK(environment.get("UNDERSTUDY_TEST_VARIABLE") == "a=b");
  unsetenv("UNDERSTUDY_TEST_VARIABLE");
  // NOLINTEND(concurrency-mt-unsafe)
  CHECK_FALSE(Environment::of_process().get("UNDERSTUDY_TEST_VARIABLE"));
}

}  // namespace
}  // namespace understudy
