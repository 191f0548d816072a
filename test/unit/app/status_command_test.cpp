#include "understudy/app/status_command.hpp"

#include <nlohmann/json.hpp>

#include "understudy/app/admin_wiring.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using nlohmann::ordered_json;

TEST_CASE("the status is a line for each role, and what to do where a person is waited for") {
  const auto status = ordered_json::parse(R"({"version": "1.2.3", "started": "2026-11-20T23:37:24Z", "roles": [
    {"role": "app", "state": "good", "access_key_id": "...MPLE", "expires": "2026-11-21T00:37:24Z"},
    {"role": "longer", "state": "absent", "code": "MfaRequired", "message": "a code is needed"}],
    "mfa": [{"role": "longer", "device": "serial", "waiting": true}, {"role": "b", "device": "x", "waiting": false}]})");
  CHECK(status_text(status) ==
        "understudy 1.2.3, running since 2026-11-20T23:37:24Z\n"
        "roles:\n"
        "  app     good, ...MPLE until 2026-11-21T00:37:24Z\n"
        "  longer  absent\n"
        "          MfaRequired: a code is needed\n"
        "waits for a code of serial: understudy mfa longer CODE\n");
}

TEST_CASE("the status says of when the configuration is, and why the last one is not served") {
  auto status = ordered_json::parse(R"({"configuration": {"read": "2026-11-20T23:37:24Z"}})");
  CHECK(status_text(status).find("\nconfiguration of 2026-11-20T23:37:24Z\nroles:\n") != std::string::npos);
  status["configuration"]["refused"] = {{"at", "2026-11-20T23:38:24Z"}, {"messages", {"u.yaml:1: imsd: no", "more"}}};
  CHECK(status_text(status).find("configuration of 2026-11-20T23:37:24Z\n"
                                 "  one of 2026-11-20T23:38:24Z was refused:\n"
                                 "    u.yaml:1: imsd: no\n"
                                 "    more\n"
                                 "roles:\n") != std::string::npos);
}

TEST_CASE("whatever a server answers can be shown") {
  for (const char* text : {"{}", "[]", "null", R"({"roles": 1, "mfa": {}})", R"({"roles": [1, null], "mfa": [[]]})",
                           R"({"version": "\u001b[2J", "mfa": [{"waiting": "yes"}]})", R"({"configuration": 1})",
                           R"({"configuration": {"read": 1, "refused": {"messages": [1, "\u001b"]}}})",
                           R"({"configuration": {"refused": "no"}})"}) {
    CAPTURE(text);
    const auto shown = status_text(ordered_json::parse(text));
    CHECK(shown.starts_with("understudy "));
    CHECK(shown.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("server and commands of one user agree on where the admin token is") {
  const auto place = [](std::map<std::string, std::string, std::less<>> variables, bool is_root) {
    return default_admin_token_file(Environment(std::move(variables)), is_root).string();
  };
  CHECK(place({{"XDG_RUNTIME_DIR", "/run/user/1"}, {"HOME", "/h"}}, false) == "/run/user/1/understudy/admin.token");
  CHECK(place({{"HOME", "/root"}}, true) == "/run/understudy/admin.token");
  CHECK(place({{"XDG_CACHE_HOME", "/c"}, {"HOME", "/h"}}, false) == "/c/understudy/admin.token");
  CHECK(place({{"HOME", "/h"}}, false) == "/h/.cache/understudy/admin.token");
  service::AdminSettings settings;
  settings.token_file = "/t";
  CHECK(admin_token_file(settings, Environment()) == "/t");
}

}  // namespace
}  // namespace understudy::app
