#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <linux/capability.h>
#include <map>
#include <string>
#include <thread>

#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"
#include "understudy/docker/socket_engine.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::docker;

namespace {

Environment of(std::map<std::string, std::string, std::less<>> variables) { return Environment(std::move(variables)); }

SystemSockets docker_at(std::filesystem::path socket) { return {std::move(socket), "/none"}; }

SystemSockets nowhere() { return docker_at("/none"); }

/// What it finds for who may open no more than a file's mode says. Capabilities are a thread's own, so one that ends
/// gives them up, and root's go with them.
std::filesystem::path found_without_privileges(const Environment& environment, const SystemSockets& system) {
  std::filesystem::path found;
  bool is_plain = false;
  std::thread([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    is_plain = syscall(SYS_capset, &header, none) == 0;
    found = find_socket(environment, system).value();
  }).join();
  REQUIRE(is_plain);
  return found;
}

}  // namespace

TEST_CASE("DOCKER_HOST names the socket, whether it is there or not") {
  const auto found = find_socket(of({{"DOCKER_HOST", "unix:///run/user/1000/docker.sock"}}), nowhere());
  REQUIRE(found);
  CHECK(*found == "/run/user/1000/docker.sock");
}

TEST_CASE("a DOCKER_HOST that is no socket of this machine is refused") {
  for (const auto* host : {"tcp://127.0.0.1:2375", "ssh://me@host", "unix://", "unix://docker.sock", "/docker.sock"}) {
    CAPTURE(host);
    const auto found = find_socket(of({{"DOCKER_HOST", host}}), nowhere());
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == Error::Kind::kInvalid);
    CHECK(found.error().code == "BadDockerHost");
    CHECK(found.error().message.find("unix:///") != std::string::npos);
    CHECK(found.error().message.find("me@host") == std::string::npos);
  }
}

TEST_CASE("without it the usual places are looked at in their order") {
  const fakes::TempFolder folder;
  const auto environment = of({{"XDG_RUNTIME_DIR", folder.path().string()}});
  const auto system = folder / "system.sock";
  const auto none = find_socket(environment, docker_at(system));
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == Error::Kind::kNotFound);
  CHECK(none.error().code == "NoSocket");
  CHECK(none.error().message.find(system.string()) != std::string::npos);
  CHECK(none.error().message.find("DOCKER_HOST") != std::string::npos);

  const SystemSockets both{system, folder / "root-podman.sock"};
  const auto roots = fakes::listen_at(both.podman);
  CHECK(*find_socket(environment, both) == both.podman);
  std::filesystem::create_directory(folder / "podman");
  const auto podman = fakes::listen_at(folder / "podman" / "podman.sock");
  CHECK(*find_socket(environment, both) == folder / "podman" / "podman.sock");
  const auto rootless = fakes::listen_at(folder / "docker.sock");
  CHECK(*find_socket(environment, both) == folder / "docker.sock");
  const auto listening = fakes::listen_at(system);
  CHECK(*find_socket(environment, both) == system);
}

TEST_CASE("a socket that may not be opened is passed over, and taken where there is no other") {
  const fakes::TempFolder folder;
  const auto environment = of({{"XDG_RUNTIME_DIR", folder.path().string()}});
  const auto system = folder / "system.sock";
  const auto rootless = folder / "docker.sock";
  const auto shut = fakes::listen_at(system);
  std::filesystem::permissions(system, std::filesystem::perms::none);
  CHECK(found_without_privileges(environment, docker_at(system)) == system);
  const auto open = fakes::listen_at(rootless);
  CHECK(found_without_privileges(environment, docker_at(system)) == rootless);
  std::filesystem::permissions(rootless, std::filesystem::perms::owner_read);
  CHECK(found_without_privileges(environment, docker_at(system)) == system);
}

TEST_CASE("what is no socket is passed over") {
  const fakes::TempFolder folder;
  CHECK_FALSE(find_socket({}, docker_at(folder.path())));
  const auto file = folder / "system.sock";
  std::ofstream(file) << "no socket";
  CHECK_FALSE(find_socket({}, docker_at(file)));
  const auto rootless = fakes::listen_at(folder / "docker.sock");
  CHECK(*find_socket(of({{"XDG_RUNTIME_DIR", folder.path().string()}}), docker_at(file)) == folder / "docker.sock");
}
