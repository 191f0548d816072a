#pragma once

#include <string_view>

/// The three descriptors that every program expects, also where it was started without them or they can not be
/// written: a full disk, a closed pipe.
namespace understudy::app {

/// Opens /dev/null in the place of those of 0, 1 and 2 that are closed: else the next socket or file takes the number,
/// and what is meant for a terminal is sent to a client. REQUIRES: called before anything else is opened.
void fill_standard_streams();

/// Writes to standard output, and out of its buffer; false where that failed.
[[nodiscard]] bool print_out(std::string_view text);

/// Writes to standard error. Where that is not possible there is nobody to tell.
void print_error(std::string_view text);

}  // namespace understudy::app
