#include "understudy/source/token_place.hpp"

#include <fmt/format.h>

#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"

namespace understudy::source {

TokenPlace read_token_place(const Node& entry, Fields& fields, std::string_view name) {
  const auto file = fmt::format("{}_file", name);
  const auto command = fmt::format("{}_command", name);
  TokenPlace place{fields.text(file).value_or(""), fields.text(command).value_or("")};
  if (entry.kind == Node::Kind::kMap && place.file.empty() == place.command.empty()) {
    fields.problem("", fmt::format("expected {} or {}, one of the two", file, command));
  }
  return place;
}

Result<Secret> token_at(const TokenPlace& place, CommandRunner& commands, std::string_view what,
                        const std::string& role_arn) {
  if (place.command.empty()) {
    return read_token_file(place.file, what);
  }
  const auto whose = fmt::format("the command for the {} of {}", what, role_arn);
  const auto printed = commands.run({place.command, whose});
  if (!printed) {
    return printed;
  }
  Secret token(trim(printed->reveal()));
  if (token.empty()) {
    return Error{Error::Kind::kUnavailable, "EmptyToken",
                 whose +
                     " printed nothing; run it by hand, as the user that this process runs as and with its "
                     "environment variables, to see why"};
  }
  return token;
}

Result<Secret> read_token_file(const std::string& path, std::string_view what) {
  constexpr std::size_t kMost = 128 * 1024;
  auto text = read_file(path, kMost);
  if (!text) {
    auto error = text.error();
    error.message += fmt::format("; the {} has to be there: whatever issues it writes it", what);
    return error;
  }
  Secret token(trim(*text));
  wipe(*text);
  if (token.empty()) {
    return Error{Error::Kind::kUnavailable, "EmptyFile",
                 fmt::format("{} is empty; the {} has to be there: whatever issues it writes it", path, what)};
  }
  return token;
}

}  // namespace understudy::source
