#pragma once

#include <filesystem>
#include <fstream>

#include "fakes/certificates.hpp"
#include "fakes/temp_folder.hpp"

namespace understudy::fakes {

/// An authority, and a private folder with its certificate for a client to trust.
struct Authority {
  Authority() { std::ofstream(bundle) << identity.pem(); }

  Identity identity = make_identity({"test authority", ""});
  TempFolder folder;
  std::filesystem::path bundle = folder / "ca.pem";
};

}  // namespace understudy::fakes
