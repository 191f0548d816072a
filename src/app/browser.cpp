#include "understudy/app/browser.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "understudy/base/command.hpp"

namespace understudy::app {

bool open_browser(const std::string& url, const Environment& environment) {
  // The page is in a variable, so that the shell reads nothing of it. A browser of no desktop is started by xdg-open
  // itself and stays.
  constexpr const char* kPage = "UNDERSTUDY_PAGE";
  constexpr const char* kText =
      "command -v xdg-open >/dev/null || exit 1\n"
      "xdg-open \"$UNDERSTUDY_PAGE\" >/dev/null 2>&1 &";
  if (isatty(STDOUT_FILENO) != 1) {
    return false;
  }
  auto variables = environment.all();
  variables[kPage] = url;
  ShellCommands shell(Environment(std::move(variables)));
  return shell.run({kText, "xdg-open", std::chrono::seconds(10)}).has_value();
}

}  // namespace understudy::app
