#pragma once

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fakes/raw_server.hpp"
#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"
#include "understudy/docker/socket_engine.hpp"

namespace understudy::fakes {

inline std::string answer_of(int status, const std::string& body) {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                     body.size(), body);
}

/// One chunk of a stream, as Docker writes an event.
inline std::string event_chunk(const std::string& text) { return fmt::format("{:x}\r\n{}\r\n", text.size(), text); }

/// A Docker Engine behind a Unix socket that answers by path, and an engine that asks it. It keeps the request lines.
class EngineServer {
 public:
  /// Raw answers by path, query left out; another path is a 404 as Docker writes it.
  using Answers = std::map<std::string, std::string>;

  explicit EngineServer(Answers answers) : answers_(std::move(answers)) {}

  docker::SocketEngine& engine() { return engine_; }
  [[nodiscard]] std::filesystem::path socket() const { return folder_ / "s"; }
  [[nodiscard]] std::vector<std::string> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  void serve(RawSocket& client) {
    const auto head = client.receive_until("\r\n\r\n");
    const auto line = head.substr(0, head.find(" HTTP/1.1\r\n"));
    {
      const std::scoped_lock lock(mutex_);
      asked_.push_back(line);
    }
    const auto path = line.substr(line.find(' ') + 1);
    const auto found = answers_.find(path.substr(0, path.find('?')));
    client.send(found == answers_.end() ? answer_of(404, R"({"message":"page not found"})") : found->second);
  }

  Answers answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  TempFolder folder_;
  RawServer server_{listen_at(folder_ / "s"), [this](RawSocket& client) { serve(client); }};
  docker::SocketEngine engine_{{folder_ / "s"}};
};

}  // namespace understudy::fakes
