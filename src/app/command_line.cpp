#include "understudy/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

constexpr const char* kAbout =
    "Plays an IAM role for unmodified AWS SDKs and tools on this machine: stands in for the EC2 instance metadata\n"
    "service and the ECS container credential endpoints, and gets the credentials through STS.\n";

constexpr const char* kExamples = R"(Examples:
  understudy serve --config configs/demo.yaml       no AWS account: roles from an embedded STS
  understudy serve --role-arn arn:aws:iam::111122223333:role/app --profile dev
  understudy exec --role-arn arn:aws:iam::111122223333:role/app --profile dev -- aws s3 ls
  understudy doctor                                 which credentials would an SDK take in this shell, and why

understudy COMMAND --help teaches the rest.
Exit status: 0 success, 1 the work failed, 2 the command line or the configuration is wrong; exec: that of CMD.)";

/// The commands, and the parser that writes into them.
class Parser {
 public:
  Parser() : app_(kAbout, "understudy") {
    app_.set_help_flag("-h,--help", "show this help");
    app_.set_version_flag("--version", "understudy " UNDERSTUDY_VERSION, "show the version");
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(28);
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    for (const auto& command : commands_) {
      add(*command);
    }
    // Last: a command that is added later would inherit it.
    app_.footer(kExamples);
  }

  CommandLine parse(const std::vector<std::string>& arguments) {
    // CLI11 takes them from the back.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      app_.parse(reversed);
    } catch (const CLI::CallForVersion&) {
      return Talk{"understudy " UNDERSTUDY_VERSION "\n", 0};
    } catch (const CLI::CallForHelp&) {
      // That of the command, where one was named.
      return Talk{app_.help(), 0};
    } catch (const CLI::ParseError& error) {
      return Talk{complaint(error, arguments), kUsage};
    }
    return chosen();
  }

 private:
  void add(Command& command) {
    auto* app = app_.add_subcommand(std::string(command.name()), std::string(command.purpose()))->group("Commands");
    command.add_options(*app);
    app->footer(std::string(command.lesson()));
  }

  [[nodiscard]] std::unique_ptr<Command> chosen() {
    const auto name = app_.get_subcommands().front()->get_name();
    return std::move(*std::ranges::find(commands_, name, [](const auto& command) { return command->name(); }));
  }

  [[nodiscard]] std::vector<std::string> words_of(const CLI::App& command) const {
    std::vector<std::string> words;
    for (const auto* option : command.get_options()) {
      for (const auto& name : option->get_lnames()) {
        words.push_back("--" + name);
      }
    }
    for (const auto* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(sub->get_name());
    }
    return words;
  }

  [[nodiscard]] std::string_view what_is_missing(const std::string& name) const {
    const auto found = std::ranges::find(commands_, name, [](const auto& command) { return command->name(); });
    return found == commands_.end() ? std::string_view() : (*found)->what_is_missing();
  }

  [[nodiscard]] std::string complaint(const CLI::ParseError& error, const std::vector<std::string>& arguments) const {
    const auto subcommands = app_.get_subcommands();
    const CLI::App& command = subcommands.empty() ? app_ : *subcommands.front();
    const auto lacking = what_is_missing(command.get_name());
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !lacking.empty()) {
      return fmt::format("understudy: {}\nSee: understudy {} --help\n", lacking, command.get_name());
    }
    const auto known = words_of(command);
    for (const auto& argument : arguments) {
      const auto word = argument.substr(0, argument.find('='));
      const bool is_word = word.starts_with("--") || &command == &app_;
      if (word != "--" && is_word && std::ranges::find(known, word) == known.end()) {
        const auto near = nearest(word, known);
        return fmt::format("understudy: unknown word \"{}\"{}\nSee: understudy {}--help\n", escape_for_log(word),
                           near ? "; did you mean \"" + *near + "\"?" : "",
                           &command == &app_ ? "" : command.get_name() + " ");
      }
      if (word == "--") {
        break;
      }
    }
    return fmt::format("understudy: {}\nSee: understudy {}--help\n", error.what(),
                       &command == &app_ ? "" : command.get_name() + " ");
  }

  CLI::App app_;
  std::vector<std::unique_ptr<Command>> commands_ = all_commands();
};

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    return Talk{std::get<Talk>(Parser().parse({"--help"})).text, kUsage};
  }
  return Parser().parse(arguments);
}

}  // namespace understudy::app
