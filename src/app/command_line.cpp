#include "understudy/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

constexpr const char* kAbout =
    "Plays an IAM role for unmodified AWS SDKs and tools on this machine: stands in for the EC2 instance metadata\n"
    "service, the ECS container endpoints and EKS Pod Identity. The credentials are STS's, IAM Identity Center's,\n"
    "those of aws login, of a credential process, or whatever else the AWS CLI would take here.\n";

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
    const auto objection = misplaced_option(arguments);
    return objection.empty() ? CommandLine(chosen()) : CommandLine(Talk{objection, kUsage});
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

  /// Of a command that runs another: an option of its own among the other's words, which was meant to come before.
  [[nodiscard]] std::string misplaced_option(const std::vector<std::string>& arguments) const {
    const CLI::App& command = *app_.get_subcommands().front();
    if (!command.get_positionals_at_end()) {
      return {};
    }
    const auto own = words_of(command);
    const auto taken = command.get_option("command")->results().size();
    const auto first = arguments.end() - static_cast<std::ptrdiff_t>(taken);
    const auto dashes = std::find(first, arguments.end(), "--");
    const bool is_behind_dashes = *std::prev(first) == "--";
    const auto option = std::find_if(first, dashes, [&](const auto& word) {
      return std::ranges::find(own, word.substr(0, word.find('='))) != own.end();
    });
    if (is_behind_dashes || dashes == arguments.end() || option == dashes) {
      return {};
    }
    return fmt::format(
        "understudy: everything from \"{}\" on is the command to run, {} too; options come before it, and the command "
        "behind --: understudy {} --role app --config FILE -- CMD\n",
        escape_for_log(*first), *option, command.get_name());
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
    if (const auto text = about_extra_words(command); !text.empty()) {
      return fmt::format("understudy: {}\nSee: understudy {} --help\n", text, command.get_name());
    }
    const auto known = words_of(command);
    for (const auto& argument : arguments) {
      const auto word = argument.substr(0, argument.find('='));
      const bool is_word = word.starts_with("--") || &command == &app_;
      if (word != "--" && is_word && std::ranges::find(known, word) == known.end()) {
        const auto near = word == "-v" || word == "-V" ? std::optional<std::string>("--version") : nearest(word, known);
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

  /// What is known of the first word that the command takes none of: a positional as an option, a file without its
  /// option. Empty: nothing.
  [[nodiscard]] static std::string about_extra_words(const CLI::App& command) {
    const auto extra = command.remaining();
    if (command.get_parent() == nullptr || extra.empty()) {
      return {};
    }
    const auto& word = extra.front();
    for (const auto* option : command.get_options()) {
      const auto name = option->get_name(true);
      if (option->get_positional() && word.substr(0, word.find('=')) == "--" + name) {
        return fmt::format("\"--{}\" is no option here: say the {} alone: understudy {} {}", name, name,
                           command.get_name(), option->get_type_name());
      }
    }
    const bool is_configuration = word.ends_with(".yaml") || word.ends_with(".yml");
    return is_configuration && command.get_option_no_throw("--config") != nullptr
               ? fmt::format("unexpected \"{0}\"; did you mean --config {0}?", escape_for_log(word))
               : std::string();
  }

  CLI::App app_;
  std::vector<std::unique_ptr<Command>> commands_ = all_commands();
};

/// `help` and `help COMMAND`, as other tools have them.
CommandLine help(const std::string& command) {
  if (command.empty() || command.starts_with('-')) {
    return Parser().parse({"--help"});
  }
  const auto all = all_commands();
  const bool is_known = std::ranges::find(all, command, [](const auto& each) { return each->name(); }) != all.end();
  // The complaint about a word that is none is that without `help`.
  return is_known ? Parser().parse({command, "--help"}) : Parser().parse({command});
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    return Talk{std::get<Talk>(Parser().parse({"--help"})).text, kUsage};
  }
  if (arguments.front() == "help" && arguments.size() <= 2) {
    return help(arguments.size() == 2 ? arguments.back() : "");
  }
  return Parser().parse(arguments);
}

}  // namespace understudy::app
