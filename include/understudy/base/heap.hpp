#pragma once

namespace understudy {

/// Gives the free pages of the heap, of every thread's arena, back to the system, which malloc else keeps for later
/// (malloc_trim(3), with the GNU C library; elsewhere it does nothing). Takes up to some milliseconds after much has
/// been freed, and holds up other threads that allocate meanwhile. From any thread, at any time.
void give_back_free_pages();

}  // namespace understudy
