#include "understudy/app/serve.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "understudy/app/application.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/file_watch.hpp"
#include "understudy/app/footprint.hpp"
#include "understudy/app/launch.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/app/running.hpp"
#include "understudy/app/service_manager.hpp"
#include "understudy/app/signals.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/terminal.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/log.hpp"

namespace understudy::app {
namespace {

/// Of the 3 s that an end may take.
constexpr std::chrono::milliseconds kDrain{2500};
/// After which the process ends come what may; on a busy machine that takes a while itself.
constexpr std::chrono::milliseconds kLastResort{2800};
/// How long a file's new certificate waits to be taken up. `understudy health` trusts the file, and engines forgive two
/// probes that fail.
constexpr std::chrono::seconds kLook{10};
/// A worker that needs longer for its turn is stuck.
constexpr std::chrono::seconds kWellWithin{2};

bool write_ready_file(const Addresses& addresses, const std::string& file) {
  const auto written =
      file.empty() ? Result<void>() : write_file_atomically(file, ready_json(addresses, getpid()), 0644);
  if (!written) {
    complain(written.error().message);
  }
  return written.has_value();
}

bool announce(const config::Config& config, const Addresses& addresses, const std::string& ready_file,
              const ServiceManager& manager, Log& log) {
  if (!print_out(ready_text(config, addresses))) {
    log.warn("standard output can not be written; serving all the same");
  }
  if (!write_ready_file(addresses, ready_file)) {
    return false;
  }
  if (const auto told = manager.tell(ready_note(status_line(addresses))); !told) {
    log.warn("the service manager can not be told (NOTIFY_SOCKET): {}", told.error().message);
  }
  return true;
}

/// A code that somebody typed; without a role it is for whichever waits.
void take_code(Application& application, std::string_view line) {
  using Posting = source::MfaDesk::Posting;
  const auto typed = read_typed_code(line);
  if (!typed) {
    return;
  }
  auto& mfa = application.mfa();
  auto role = typed->role;
  for (const auto& device : mfa.devices()) {
    role = role.empty() && device.waiting ? device.role : role;
  }
  const auto posting = mfa.post(role, typed->code);
  if (posting == Posting::kTaken) {
    application.retry_waiting();
  } else {
    complain(posting == Posting::kSpent ? "that code was used before: wait for the device's next one"
                                        : "no role waits for that code; type ROLE CODE");
  }
}

/// Which files a change of has the configuration read anew: its own, and those of the tokens that it names, as they are
/// before those are read.
std::vector<FileWatch::File> files_to_watch(const config::Config& config, const ServeOrder& order,
                                            const FileWatch::Mark& read) {
  if (!config.watch || !order.watched_file) {
    return {};
  }
  std::set<std::string> tokens;
  if (config.listen.admin && config.admin.token_file) {
    tokens.insert(*config.admin.token_file);
  }
  for (const auto& entry : config.containers.credentials) {
    if (config.listen.containers && entry.token_file) {
      tokens.insert(*entry.token_file);
    }
  }
  std::vector<FileWatch::File> files{{*order.watched_file, read}};
  for (const auto& token : tokens) {
    files.push_back({token, FileWatch::mark_of(token)});
  }
  return files;
}

/// Serves on, and reads the configuration anew whenever that is wished for.
class Reloads {
 public:
  Reloads(Running& running, EndSignal& signals, const ServeOrder& order, const ServiceManager& manager,
          const Clock& clock, Log& log)
      : running_(running), signals_(signals), order_(order), manager_(manager), clock_(clock), log_(log) {}

  /// Looks at these files from now on, and at no others.
  void watch(std::vector<FileWatch::File> files) {
    if (watch_ && std::ranges::equal(files, watched_, {}, &FileWatch::File::path)) {
      return;
    }
    watch_.reset();
    watched_.clear();
    for (auto& file : files) {
      // A token's file that was missing has been made meanwhile.
      file.read = file.read ? file.read : FileWatch::mark_of(file.path);
      watched_.push_back(file.path);
    }
    if (files.empty()) {
      return;
    }
    try {
      watch_.emplace(std::move(files), [this](const std::filesystem::path& file) {
        log_.info("{} has changed", file.string());
        signals_.ask_for_reload();
      });
    } catch (const std::system_error& problem) {
      log_.warn("{} is not watched, SIGHUP alone has it read anew: {}", watched_.front().string(), problem.what());
    }
  }

  void reload() {
    if (!order_.read_again) {
      return;
    }
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    tell(reloading_note(std::chrono::duration_cast<std::chrono::microseconds>(now)));
    tell(ready_note(serve_anew()));
  }

 private:
  void tell(const std::string& note) {
    if (const auto told = manager_.tell(note); !told) {
      log_.warn("the service manager can not be told of a reload (NOTIFY_SOCKET): {}", told.error().message);
    }
  }

  /// Gives a line for whoever looks at the service.
  std::string serve_anew() {
    const auto read = order_.watched_file ? FileWatch::mark_of(*order_.watched_file) : FileWatch::Mark();
    auto loaded = order_.read_again();
    if (!loaded) {
      return refuse(loaded.error());
    }
    for (const auto& line : loaded->warnings) {
      log_.warn("{}", line);
    }
    auto files = files_to_watch(loaded->config, order_, read);
    const auto addresses = running_.reload(std::move(loaded->config));
    if (!addresses) {
      if (!files.empty()) {
        watch(std::move(files));  // What was refused for a token's file is good once that is mended.
      }
      return refuse({addresses.error().message});
    }
    watch(std::move(files));
    write_ready_file(*addresses, order_.ready_file);
    running_.now()->record().note_reload(clock_.wall());
    let_go_of_the_start();
    log_.info("the configuration was read anew: {}", status_line(*addresses));
    return status_line(*addresses);
  }

  std::string refuse(const std::vector<std::string>& lines) {
    for (const auto& line : lines) {
      log_.error("{}", line);
    }
    log_.error("the configuration was read anew and is not served: the one before goes on");
    running_.now()->record().note_refusal(clock_.wall(), lines);
    return "the new configuration was refused, the one before goes on";
  }

  Running& running_;
  EndSignal& signals_;
  const ServeOrder& order_;
  const ServiceManager& manager_;
  const Clock& clock_;
  Log& log_;
  std::vector<std::filesystem::path> watched_;
  std::optional<FileWatch> watch_;
};

}  // namespace

int serve(const config::Config& config, const ServeOrder& order, const Environment& environment) {
  hold_back_signals();
  auto launched = launch(config, environment, getpid());
  if (!launched) {
    complain(launched.error().message);
    return kFailure;
  }
  const ServiceManager manager(environment);
  const SystemClock clock;
  LastResort last_resort;
  const auto log = log_to_stderr(config.log_level);
  Running running(*std::move(launched), clock, *log);
  // Also while it starts, which may wait longer for an STS than an end may take.
  EndSignal signals([&] {
    last_resort.begin(kLastResort);
    running.give_up();
  });
  Reloads reloads(running, signals, order, manager, clock, *log);
  auto files = files_to_watch(config, order, order.read);
  const auto addresses = running.start({order.mfa_token, {}});
  if (!addresses) {
    complain(addresses.error().message);
    return kFailure;
  }
  reloads.watch(std::move(files));
  if (!signals.has_come() && !announce(config, *addresses, order.ready_file, manager, *log)) {
    return kFailure;
  }
  let_go_of_the_start();
  const Watchdog watchdog(manager, watchdog_interval(environment, getpid()),
                          [&running] { return running.now()->responds(kWellWithin); });
  const TypedLines typed([&](std::string_view line) { take_code(*running.now(), line); });
  for (auto event = signals.next(kLook); event != EndSignal::Event::kEnd; event = signals.next(kLook)) {
    event == EndSignal::Event::kReload ? reloads.reload() : running.now()->renew_certificates();
  }
  log->info("ending: answering what is under way");
  manager.mention(stopping_note("answering what is under way"));
  running.now()->stop(kDrain);
  return kSuccess;
}

}  // namespace understudy::app
