#include "understudy/metadata/container_set.hpp"

#include <memory>
#include <string>
#include <vector>

#include "fakes/fake_engine.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::metadata;

namespace {

ContainerPtr made(const std::string& id, const std::string& name, std::vector<metadata::ContainerNetwork> networks) {
  auto container = fakes::running(id, name, "");
  container.networks = std::move(networks);
  return std::make_shared<const Container>(std::move(container));
}

const std::string kWeb = "0123456789abcdef" + std::string(48, '0');
const std::string kJob = "0123456789abcdee" + std::string(48, '0');
const std::string kHost = "ffff" + std::string(60, '0');

ContainerSet three() {
  return ContainerSet::current({
      made(kHost, "host", {{"host", {""}, {}}}),
      made(kWeb, "web", {{"shop", {"172.18.0.2"}, {"fd00::2"}}, {"back", {"10.0.0.2"}, {}}}),
      made(kJob, "job", {{"shop", {"172.18.0.3"}, {}}, {"other", {"10.0.0.2"}, {}}}),
  });
}

std::string name_of(const ContainerPtr& container) { return container ? container->docker_name : ""; }

}  // namespace

TEST_CASE("a container is found by enough of its id to be the only one") {
  const auto snapshot = three();
  CHECK(name_of(snapshot.by_id(kWeb)) == "web");
  CHECK(name_of(snapshot.by_id(kWeb.substr(0, 16))) == "web");
  CHECK(name_of(snapshot.by_id(kJob.substr(0, 16))) == "job");
  CHECK(name_of(snapshot.by_id(kHost.substr(0, 12))) == "host");
  for (const std::string& none :
       {kWeb.substr(0, 15), kHost.substr(0, 11), std::string(), std::string("f"), kWeb + "0", std::string(64, '9')}) {
    CAPTURE(none);
    CHECK(snapshot.by_id(none) == nullptr);
  }
}

TEST_CASE("a container is found by its name, whole") {
  const auto snapshot = three();
  CHECK(name_of(snapshot.by_name("job")) == "job");
  CHECK(snapshot.by_name("jo") == nullptr);
  CHECK(snapshot.by_name("/job") == nullptr);
  CHECK(snapshot.by_name("") == nullptr);
}

TEST_CASE("a container is found by an address that it alone has, however that is written") {
  const auto snapshot = three();
  CHECK(name_of(snapshot.by_address("172.18.0.2")) == "web");
  CHECK(name_of(snapshot.by_address("172.18.0.3")) == "job");
  CHECK(name_of(snapshot.by_address("fd00::2")) == "web");
  CHECK(name_of(snapshot.by_address("FD00:0:0::0002")) == "web");
  for (const auto* nobody : {"10.0.0.2", "172.18.0.4", "", "web", "172.18.0.2 ", "::"}) {
    CAPTURE(nobody);
    CHECK(snapshot.by_address(nobody) == nullptr);
    CHECK(snapshot.is_shared(nobody) == (std::string(nobody) == "10.0.0.2"));
  }
  CHECK_FALSE(snapshot.is_shared("172.18.0.2"));
}

TEST_CASE("two networks of one container may give it the same address") {
  const auto snapshot = ContainerSet::current({made(kWeb, "web", {{"a", {"10.0.0.2"}, {}}, {"b", {"10.0.0.2"}, {}}})});
  CHECK(name_of(snapshot.by_address("10.0.0.2")) == "web");
}

TEST_CASE("what is not current tells ids and names, and no addresses") {
  const Error down{Error::Kind::kUnavailable, "ConnectionError", "down"};
  const ContainerSet snapshot(down, three().containers());
  CHECK_FALSE(snapshot.is_current());
  CHECK(snapshot.error() == down);
  CHECK(name_of(snapshot.by_id(kWeb)) == "web");
  CHECK(name_of(snapshot.by_name("web")) == "web");
  CHECK(snapshot.by_address("172.18.0.2") == nullptr);
}
