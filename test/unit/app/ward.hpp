#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/app/doctor.hpp"

#include <doctest/doctest.h>

/// Shells and containers for the doctor to look at.
namespace understudy::app {

using Texts = std::map<std::string, std::string, std::less<>>;
using Lines = std::vector<std::string>;

inline constexpr const char* kOurs = "http://127.0.0.1:1339/creds";
inline constexpr const char* kOurInstance = "http://127.0.0.1:1338";
inline constexpr const char* kExportOurs = "export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds";
inline constexpr const char* kDocument =
    R"({"RoleArn":"arn:aws:iam::111122223333:role/app","AccessKeyId":"ASIAIOSFODNN7EXAMPLE","Token":"fake-session"})";

/// Answers by `METHOD url`; what is not listed does not answer.
class FakeEndpoints final : public HttpClient {
 public:
  std::map<std::string, Response> answers;
  std::vector<Request> seen;
  std::string failure = "ConnectionError";  ///< The code of what is not listed.

  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) override {
    CHECK(limits.total <= std::chrono::seconds(2));
    seen.push_back(request);
    const auto found = answers.find(request.method + " " + origin.scheme + "://" + origin.authority() + request.target);
    if (found == answers.end()) {
      return Error{Error::Kind::kUnavailable, failure, "connection refused"};
    }
    return found->second;
  }
};

struct Ward {
  Texts variables;
  Texts files;
  FakeEndpoints endpoints{};
  Served served{{{kOurs, {}, "default"}}, kOurInstance, "default", {}};

  Ward& with_container(int status = 200, const char* body = kDocument) {
    endpoints.answers[std::string("GET ") + kOurs] = {.status = status, .headers = {}, .body = body, .hop_limit = {}};
    return *this;
  }
  Ward& with_instance(const std::string& origin) {
    endpoints.answers["PUT " + origin + "/latest/api/token"] = {
        .status = 200, .headers = {}, .body = "fake-token", .hop_limit = {}};
    endpoints.answers["GET " + origin + "/latest/meta-data/iam/security-credentials/"] = {
        .status = 200, .headers = {}, .body = "app", .hop_limit = {}};
    return *this;
  }

  Diagnosis diagnosis() {
    const Environment environment(variables);
    const auto read = [this](const std::filesystem::path& path) -> Result<std::string> {
      const auto found = files.find(path.string());
      if (found == files.end()) {
        return Error{Error::Kind::kNotFound, "FileError", "can not open " + path.string()};
      }
      return found->second;
    };
    return diagnose({environment, read, endpoints, served});
  }
};

inline Ward ward(Texts variables, Texts files = {}) { return {std::move(variables), std::move(files)}; }

inline bool says(const Step& step, std::string_view text) { return step.why.find(text) != std::string::npos; }

}  // namespace understudy::app
