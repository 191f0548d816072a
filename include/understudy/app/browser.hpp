#pragma once

#include <string>

#include "understudy/base/environment.hpp"

namespace understudy::app {

/// Has the desktop open a page, by xdg-open, and does not wait for the browser. False where there is no xdg-open, or
/// nobody sees it: standard output is no terminal. REQUIRES: an http or https URL in visible ASCII.
bool open_browser(const std::string& url, const Environment& environment);

}  // namespace understudy::app
