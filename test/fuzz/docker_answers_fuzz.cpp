// What a container engine answers: a container has an id, an event one to tell, statistics know no Id of Podman's, and
// the version is none that we do not know.

#include <nlohmann/json.hpp>

#include "docker/answers.hpp"
#include "fuzz/check.hpp"
#include "understudy/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace docker = understudy::docker;
  const auto text = as_text(data, size);
  if (const auto ids = docker::read_ids(text)) {
    require(std::ranges::none_of(*ids, &std::string::empty));
  }
  if (const auto container = docker::read_container(text)) {
    require(!container->id.empty() && nlohmann::json::accept(text));
    for (const auto& network : container->networks) {
      require(network.ipv4.size() <= 1 && network.ipv6.size() <= 1);
    }
    require(!container->started || *container->started > understudy::WallTime());
  }
  if (const auto event = docker::read_event(text)) {
    require(!event->container_id.empty() && nlohmann::json::accept(text));
  }
  const auto prefix = docker::read_version_prefix(text, 47);
  if (!prefix.empty()) {
    const auto minor = understudy::parse_decimal(std::string_view(prefix).substr(4));
    require(prefix.starts_with("/v1.") && minor && *minor <= 47);
  }
  require(is_showable(docker::read_refusal(text)));
  if (const auto stats = docker::read_stats(std::string(text))) {
    const auto members = nlohmann::json::parse(*stats);
    require(nlohmann::json::accept(text) && members.is_object() && (members.contains("id") || !members.contains("Id")));
  }
  return 0;
}
