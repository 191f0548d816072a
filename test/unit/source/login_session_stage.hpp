#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>

#include "fakes/fake_http.hpp"
#include "fakes/fake_surroundings.hpp"
#include "fakes/pem.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/login_session.hpp"

#include <doctest/doctest.h>

namespace understudy::source {

/// A login session in a folder of its own, and a sign-in that answers what the test says.
struct LoginSessionStage {
  using json = nlohmann::json;
  using Variables = std::map<std::string, std::string, std::less<>>;
  static inline const std::string kMe = "arn:aws:iam::111122223333:user/me";

  fakes::FakeSurroundings fake;
  fakes::FakeHttp http;
  fakes::TempFolder folder;
  Variables variables{{"AWS_LOGIN_CACHE_DIRECTORY", folder.path().string()}};
  std::string dpop_key = fakes::pem_of(*fakes::make_ec_key("P-256"), fakes::PemForm::kTraditional);
  LoginSessionSource::Settings settings{kMe, ""};

  [[nodiscard]] std::filesystem::path file() const { return folder / aws::login_cache_name(kMe); }
  [[nodiscard]] json on_disk() const { return json::parse(*read_file(file())); }

  /// A session whose credentials end so much later.
  void write(std::chrono::minutes left, const json& changes = json::object()) const {
    json session{{"accessToken",
                  {{"accessKeyId", "ASIAOLD"},
                   {"secretAccessKey", "s"},
                   {"sessionToken", "t"},
                   {"accountId", "111122223333"},
                   {"expiresAt", format_iso8601(fake.clock.wall() + left)}}},
                 {"clientId", "arn:aws:signin:::devtools/same-device"},
                 {"refreshToken", "r1"},
                 {"dpopKey", dpop_key},
                 {"unknown", {1, 2}}};
    session.merge_patch(changes);
    REQUIRE(write_file_atomically(file(), session.dump(), 0644));
  }
  void then(int status, const json& body) { http.then(Response{status, {}, Body(body.dump()), std::nullopt}); }
  void then_renewed() {
    then(200, {{"accessToken", {{"accessKeyId", "ASIANEW"}, {"secretAccessKey", "s2"}, {"sessionToken", "t2"}}},
               {"tokenType", "aws_sigv4"},
               {"expiresIn", 900},
               {"refreshToken", "r2"}});
  }
  Result<aws::Credentials> get(Freshness freshness = Freshness::kCached) {
    fake.environment = Environment(variables);
    const auto surroundings = fakes::with_http(fake.get(), http);
    return LoginSessionSource(surroundings, settings).get(freshness);
  }
};

}  // namespace understudy::source
