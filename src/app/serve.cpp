#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "understudy/app/application.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/app/signals.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/log.hpp"

namespace understudy::app {
namespace {

/// Within the 3 s after which the process ends come what may.
constexpr std::chrono::milliseconds kDrain{2500};
constexpr unsigned kLastResort = 3;

int check(const config::Config& config) {
  std::string text;
  for (const auto& role : config.roles) {
    const auto base = role.base.empty() ? std::string() : ", with the credentials of " + role.base;
    text += fmt::format("{}: {}{}\n", role.key, role.blueprint->describe(), base);
  }
  return print_out(text + "The configuration is valid.\n") ? kSuccess : kFailure;
}

bool announce(const config::Config& config, const Addresses& addresses, const std::string& ready_file, Log& log) {
  if (!print_out(ready_text(config, addresses))) {
    log.warn("standard output can not be written; serving all the same");
  }
  if (ready_file.empty()) {
    return true;
  }
  const auto written = write_file_atomically(ready_file, ready_json(addresses, getpid()), 0644);
  if (!written) {
    complain(written.error().message);
  }
  return written.has_value();
}

/// Serves what `config` describes until a signal ends it.
int run(const config::Config& config, const std::string& ready_file, const Environment& environment) {
  hold_back_signals();
  const SystemClock clock;
  const auto log = log_to_stderr(config.log_level);
  auto application = Application::build(config, environment, clock, *log);
  if (!application) {
    complain(application.error().message);
    return kFailure;
  }
  // Also while it starts, which may wait longer for an STS than an end may take.
  EndSignal end([&application] {
    end_process_after(kLastResort);
    (*application)->give_up();
  });
  const auto addresses = (*application)->start();
  if (!addresses) {
    complain(addresses.error().message);
    return kFailure;
  }
  if (!end.has_come() && !announce(config, *addresses, ready_file, *log)) {
    return kFailure;
  }
  end.wait();
  log->info("ending: answering what is under way");
  (*application)->stop(kDrain);
  return kSuccess;
}

}  // namespace

int serve(const ServeOptions& options, const Environment& environment) {
  const auto config = load_or_complain(options.config, environment);
  if (!config) {
    return kUsage;
  }
  return options.check ? check(*config)
                       : run(*config, options.ready_file, with_chosen_profile(options.config, environment));
}

int sts(const StsOptions& options, const Environment& environment) {
  const auto config = load_or_complain(options.config, environment);
  return config ? run(*config, options.ready_file, with_chosen_profile(options.config, environment)) : kUsage;
}

}  // namespace understudy::app
