#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/metadata/container.hpp"

/// The engine's answers, read. Pure. What is missing or of another type is absent: engines differ. An answer that is
/// not of the kind asked for at all is kUnavailable (`BadAnswer`).
namespace understudy::docker {

/// Of `GET /containers/json`.
Result<std::vector<std::string>> read_ids(std::string_view json);

/// Of `GET /containers/{id}/json`.
Result<metadata::Container> read_container(std::string_view json);

/// Of `GET /images/{id}/json`.
Result<Labels> read_image_labels(std::string_view json);

/// One line of `GET /events`; nullopt for what we do not mind, or can not read.
[[nodiscard]] std::optional<Event> read_event(std::string_view line);

/// Of `GET /version`: the path's beginning, `/v1.41` for the older of the engine's and `ours`; empty where the engine
/// tells none or takes only newer ones.
[[nodiscard]] std::string read_version_prefix(std::string_view json, int our_minor);

/// `{"message": ".."}` of a refusal, for people; empty where there is none.
[[nodiscard]] std::string read_refusal(std::string_view json);

/// Of `GET /containers/{id}/stats`: as it stands, but for Podman's `Id`, which is `id` everywhere else
/// (podman pkg/api/handlers/compat, containers_stats).
Result<std::string> read_stats(std::string json);

}  // namespace understudy::docker
