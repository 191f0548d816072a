#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/source/profile.hpp"
#include "unit/source/key_id.hpp"

namespace understudy::source {

/// A home of the test's own, gone afterwards.
struct Home {
  fakes::TempFolder folder;
  std::filesystem::path path = folder.path();
  fakes::FakeNetwork surroundings;

  Home() {
    std::filesystem::create_directory(path / ".aws");
    set({});
  }

  void set(std::map<std::string, std::string, std::less<>> variables) {
    variables.emplace("HOME", path.string());
    surroundings.environment = Environment(std::move(variables));
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }

  Result<aws::Credentials> get(const std::string& profile) {
    return ProfileSource(surroundings.get(), profile, "session").get(Freshness::kCached);
  }
};

inline const std::string kKeys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

}  // namespace understudy::source
