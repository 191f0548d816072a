#include "understudy/app/commands.hpp"
#include "understudy/app/doctor.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/files.hpp"
#include "understudy/http/client.hpp"

namespace understudy::app {
namespace {

/// What `serve` would tell clients to use by this configuration.
struct Advice {
  std::string credentials_url;
  std::string token_file;
};

Advice advice_for(const config::Config& config) {
  if (!config.listen.containers || config.containers.credentials.empty()) {
    return {"http://127.0.0.1:1339/creds", {}};
  }
  const auto& entry = config.containers.credentials.front();
  return {"http://" + config.listen.containers->reachable().to_string() +
              entry.path.value_or("/v2/credentials/" + entry.id),
          entry.token_file.value_or("")};
}

}  // namespace

int doctor(const DoctorOptions& options, const Environment& environment) {
  const auto config = load_or_complain(options.config, environment);
  if (!config) {
    return kUsage;
  }
  const auto advice = advice_for(*config);
  http::NetworkClient network({});
  const auto diagnosis = diagnose({environment, [](const std::filesystem::path& path) { return read_file(path); },
                                   network, advice.credentials_url, advice.token_file});
  const bool told = print_out(render(diagnosis));
  return told && diagnosis.ours_wins() ? kSuccess : kFailure;
}

}  // namespace understudy::app
