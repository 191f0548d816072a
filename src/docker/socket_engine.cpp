#include "understudy/docker/socket_engine.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <utility>

#include "answers.hpp"
#include "understudy/base/text.hpp"

namespace understudy::docker {
namespace {

constexpr int kOurMinorVersion = 47;

/// What read_event minds; Docker takes each as a beginning, since one is health_status, and Podman as a whole.
constexpr std::string_view kEventFilters =
    R"({"type":["container","network"],"event":["start","die","died","destroy","remove","rename","update",)"
    R"("health_status","connect","disconnect"]})";

Request get_request(std::string target) {
  Request request;
  request.target = std::move(target);
  request.headers.add("User-Agent", "understudy/" UNDERSTUDY_VERSION);
  return request;
}

const Url& origin() {
  static const Url kOrigin{"http", "docker", 80, "/"};
  return kOrigin;
}

Error refusal(const Response& response, std::string_view path) {
  const auto said = read_refusal(response.body.view());
  return {Error::Kind::kUnavailable, fmt::format("Http{}", response.status),
          fmt::format("the container engine answered {} to GET {}{}{}", response.status, path.substr(0, path.find('?')),
                      said.empty() ? "" : ": ", said)};
}

/// Of a question about one container or image.
Error about(std::string_view missing, Error error) {
  return error.code == "Http404" ? Error{Error::Kind::kNotFound, std::string(missing), std::move(error.message)}
                                 : error;
}

/// What lets somebody open a socket with these owners and this mode.
std::string way_in(const struct stat& facts) {
  constexpr mode_t kGroupMay = S_IRGRP | S_IWGRP;
  if ((facts.st_mode & kGroupMay) != kGroupMay) {
    return fmt::format(
        "; only its owner, user {0}, may: run as that user (process.user, or docker run --user {0}), let its group {1} "
        "open it (chmod g+rw), or map containers without the socket",
        facts.st_uid, facts.st_gid);
  }
  return fmt::format(
      "; run as a member of its group {0} (usermod -aG and a new login, or docker run --group-add {0}), which makes "
      "root on this host, or map containers without the socket",
      facts.st_gid);
}

}  // namespace

SocketEngine::SocketEngine(SocketEngineSettings settings) : settings_(std::move(settings)), client_(settings_.socket) {}

Error SocketEngine::explained(Error error) const {
  if (error.code == "NoSocket") {
    error.message +=
        "; start the container engine, mount its socket where this runs in a container, or name another one in "
        "DOCKER_HOST=unix:///path";
  }
  struct stat facts{};
  if (error.code == "PermissionDenied" && ::stat(settings_.socket.c_str(), &facts) == 0) {
    error.message += way_in(facts);
  }
  return error;
}

Result<std::string> SocketEngine::negotiate() {
  const auto response = client_.send(origin(), get_request("/version"), settings_.call);
  if (!response) {
    return explained(response.error());
  }
  auto prefix = response->status == 200 ? read_version_prefix(response->body.view(), kOurMinorVersion) : std::string();
  const std::scoped_lock lock(mutex_);
  prefix_ = prefix;
  return prefix;
}

Result<std::string> SocketEngine::version_prefix() {
  {
    const std::scoped_lock lock(mutex_);
    if (prefix_) {
      return *prefix_;
    }
  }
  return negotiate();
}

Result<std::string> SocketEngine::get(std::string_view path, const CallLimits& limits) {
  const auto prefix = version_prefix();
  if (!prefix) {
    return prefix.error();
  }
  const auto response = client_.send(origin(), get_request(fmt::format("{}{}", *prefix, path)), limits);
  if (!response) {
    return explained(response.error());
  }
  return response->status == 200 ? Result<std::string>(std::string(response->body.view())) : refusal(*response, path);
}

Result<std::vector<std::string>> SocketEngine::list() {
  const auto body = get("/containers/json", settings_.call);
  return body ? read_ids(*body) : body.error();
}

Result<metadata::Container> SocketEngine::inspect(std::string_view id) {
  const auto body = get(fmt::format("/containers/{}/json", percent_encode(id)), settings_.call);
  return body ? read_container(*body) : about("NoSuchContainer", body.error());
}

Result<Labels> SocketEngine::image_labels(std::string_view id) {
  const auto body = get(fmt::format("/images/{}/json", percent_encode(id, ":")), settings_.call);
  return body ? read_image_labels(*body) : about("NoSuchImage", body.error());
}

Result<std::string> SocketEngine::stats(std::string_view id) {
  auto body = get(fmt::format("/containers/{}/stats?stream=false", percent_encode(id)), settings_.stats);
  return body ? read_stats(*std::move(body)) : about("NoSuchContainer", std::move(body).error());
}

Result<void> SocketEngine::follow(WallTime since, const EventReader& reader) {
  const auto prefix = negotiate();
  if (!prefix) {
    return prefix.error();
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since.time_since_epoch()).count();
  const auto path = fmt::format("/events?since={}&filters={}", seconds, percent_encode(kEventFilters));
  const http::LineReader lines{reader.opened, [&](std::string_view line) {
                                 const auto event = read_event(line);
                                 return !event || reader.happened(*event);
                               }};
  const auto response = client_.follow(origin(), get_request(*prefix + path), settings_.stream, lines);
  if (!response) {
    return explained(response.error());
  }
  // A 200 with a body of its own was no stream.
  const bool was_stream = response->status == 200 && response->body.size() == 0;
  return was_stream ? Result<void>() : refusal(*response, path);
}

}  // namespace understudy::docker
