#include "understudy/source/token_place.hpp"

#include <fstream>
#include <string>
#include <vector>

#include "fakes/fake_commands.hpp"
#include "fakes/nodes.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

const std::string kArn = "arn:aws:iam::111122223333:role/ci";

TEST_CASE("a token file is trimmed, and one that is missing or empty says who has to write it") {
  const fakes::TempFolder folder;
  const auto path = (folder / "token").string();
  CHECK(read_token_file(path, "web identity token").error().message.find("web identity token has to be there") !=
        std::string::npos);
  std::ofstream(path) << " \n";
  CHECK(read_token_file(path, "web identity token").error().code == "EmptyFile");
  std::ofstream(path) << "\n fake-jwt\r\n";
  CHECK(read_token_file(path, "web identity token")->reveal() == "fake-jwt");
}

TEST_CASE("a command is run at each call, what it prints is trimmed, and its text is told to nobody") {
  fakes::FakeCommands commands;
  commands.then(Secret(" first\n"));
  commands.then(Secret("second"));
  commands.then(Secret(" \n"));
  commands.then(Error{Error::Kind::kUnavailable, "CommandFailed", "it ended with status 1"});
  const TokenPlace place{"", "issue --password x"};
  const auto get = [&] { return token_at(place, commands, "web identity token", kArn); };
  CHECK(get()->reveal() == "first");
  CHECK(get()->reveal() == "second");
  const auto nothing = get();
  CHECK(nothing.error().code == "EmptyToken");
  CHECK(nothing.error().is_transient());
  CHECK(nothing.error().message ==
        "the command for the web identity token of " + kArn +
            " printed nothing; run it by hand, as the user that this process runs as and with its environment "
            "variables, to see why");
  CHECK(get().error().code == "CommandFailed");
  CHECK(commands.texts() == std::vector<std::string>(4, "issue --password x"));
}

TEST_CASE("an entry names a file or a command, one of the two") {
  struct Row {
    std::vector<Node::Member> members;
    bool fits;
  };
  for (const auto& [members, fits] :
       std::vector<Row>{{{{"token_file", fakes::text("/t")}}, true},
                        {{{"token_command", fakes::text("issue")}}, true},
                        {{}, false},
                        {{{"token_file", fakes::text("/t")}, {"token_command", fakes::text("issue")}}, false}}) {
    const auto node = fakes::map(members);
    std::vector<Problem> problems;
    Fields fields(node, problems);
    const auto place = read_token_place(node, fields, "token");
    fields.finish();
    CHECK(problems.empty() == fits);
    if (fits) {
      CHECK(place.file.empty() != place.command.empty());
    } else {
      CHECK(problems.front().message == "expected token_file or token_command, one of the two");
    }
  }
}

}  // namespace
}  // namespace understudy::source
