#pragma once

#include <vector>

namespace understudy::http {

class Connection;

/// Which of a thread's connections have to go for one more: of those that wait for their clients the ones that have
/// waited longest. Where `newcomer`, which is among them and stays, has some of its own source, of those alone: whoever
/// takes many makes room for his own. nullptr: whoever comes is not known yet.
///
/// A sixteenth of all at a time: the search then costs little for each new connection, also under a flood. Empty where
/// nobody waits.
std::vector<Connection*> choose_evicted(const std::vector<Connection*>& connections, const Connection* newcomer);

}  // namespace understudy::http
