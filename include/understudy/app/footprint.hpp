#pragma once

namespace understudy::app {

/// Lets go of the memory that only the start needed: the heap's free pages, and every page of code and constants that
/// is mapped. The kernel maps those again, from its page cache, as they are used, so that what is resident is what is
/// in use; a start touches most of the program and of its libraries once (malloc_trim(3); madvise(2), MADV_DONTNEED).
///
/// Costs a few hundred soft page faults later on. Pages of code stay where the process is traced: a debugger's
/// breakpoints are in them. From any thread, at any time; nothing that the program can see changes.
void let_go_of_the_start();

}  // namespace understudy::app
