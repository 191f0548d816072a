// The other end of profiles_differential.py: one JSON line with both files on standard input, null for one that is not
// there; what they are read as, values and all, as one JSON line on standard output:
//
//     {"config": "[profile dev]\nregion = eu-west-1\n", "credentials": null}
//
//     {"profiles": {"dev": {"region": "eu-west-1", "s3": {"addressing_style": "path"}}}, "sso_sessions": {},
//     "services": {}}
//     {"error": "ConfigSyntax"}
//
// With the name of a profile beside the files ("profile": "dev") it tells in the place of all that, for
// sts_endpoints_differential.py, where STS is asked for that profile, and the region of the signatures:
//
//     {"sts": "https://sts.eu-west-1.amazonaws.com/ eu-west-1"}

#include <nlohmann/json.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/source/profile_plan.hpp"
#include "understudy/source/shared_files.hpp"

namespace {

using nlohmann::json;
using namespace understudy;

json groups_as_json(const aws::SharedConfig::Groups& groups) {
  json out = json::object();
  for (const auto& [name, group] : groups) {
    json properties = json::object();
    for (const auto& [key, property] : group.properties) {
      properties[key] = property.nested.empty() ? json(property.value) : json(property.nested);
    }
    out[name] = std::move(properties);
  }
  return out;
}

json sts_of(const aws::SharedConfig& shared, const std::string& profile) {
  const auto plan = source::plan_profile(shared, profile, "session");
  const auto settings = plan ? aws::gather_sts_settings({}, Environment(), plan->sts) : plan.error();
  const auto endpoint = settings ? aws::resolve_sts_endpoint(*settings) : settings.error();
  return {{"sts", endpoint ? endpoint->url.to_string() + " " + endpoint->signing_region : endpoint.error().code}};
}

json answer(const json& files) {
  const Environment environment({{"AWS_CONFIG_FILE", "config"}, {"AWS_SHARED_CREDENTIALS_FILE", "credentials"}});
  const auto shared = source::read_shared_config(environment, [&](const std::filesystem::path& path) {
    const auto& text = files.at(path.string());
    return text.is_null() ? Error{Error::Kind::kNotFound, "FileError", "it is not there"}
                          : Result<std::string>(text.get<std::string>());
  });
  if (!shared) {
    return {{"error", shared.error().code}};
  }
  if (files.contains("profile")) {
    return sts_of(*shared, files.at("profile").get<std::string>());
  }
  return {{"profiles", groups_as_json(shared->profiles())},
          {"sso_sessions", groups_as_json(shared->sso_sessions())},
          {"services", groups_as_json(shared->services())}};
}

}  // namespace

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << answer(json::parse(line)).dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
    }
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "profiles_peer: %s\n", fault.what());
    return 1;
  }
}
