#pragma once

namespace understudy::app {

/// Holds back SIGINT, SIGTERM and SIGHUP in this thread and all it starts from now on, and ignores SIGPIPE; so signals
/// are taken where `wait_for_end` stands, and no handler runs anywhere. REQUIRES: called before any thread starts.
void hold_back_signals();

/// Waits for SIGINT or SIGTERM and returns its number. SIGHUP is taken and passed over.
int wait_for_end();

/// Ends the process with status 0 after `seconds`, whatever its threads are at: the drain limit's last resort.
void end_process_after(unsigned seconds);

}  // namespace understudy::app
