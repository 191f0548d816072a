#include "understudy/config/load.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

using Lines = std::vector<std::string>;
using Variables = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kKeys =
    "roles:\n  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake}}\n"
    "  app: {assume_role: arn:aws:iam::111122223333:role/app, source: base}\n"
    "imds: {role: app}\n";

/// A file in a folder of its own, gone at the end.
class TemporaryFile {
 public:
  TemporaryFile(std::string_view text, mode_t mode) {
    std::string name = (std::filesystem::temp_directory_path() / "understudy-load-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    std::ofstream(path()) << text;
    REQUIRE(chmod(path().c_str(), mode) == 0);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path() const { return (folder_ / "understudy.yaml").string(); }

 private:
  std::filesystem::path folder_;
};

/// Root may open everything, so be somebody else for a while.
class WithoutRoot {
 public:
  WithoutRoot() : was_root_(geteuid() == 0) { REQUIRE((!was_root_ || seteuid(65534) == 0)); }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;
  ~WithoutRoot() { CHECK((!was_root_ || seteuid(0) == 0)); }

 private:
  bool was_root_;
};

Lines errors_of(std::string_view text, Variables variables = {}, const Flags& flags = {}) {
  auto loaded = load_config_text(text, "understudy.yaml", Environment(std::move(variables)), flags);
  return loaded ? Lines{} : loaded.error();
}

TEST_CASE("a file that is empty but for remarks says nothing") {
  for (const std::string text : {"", "\n", "# to be written\n\n---\n", "   \n"}) {
    CAPTURE(text);
    CHECK(load_config_text(text, "understudy.yaml", Environment(), {}).value().says_nothing);
  }
  for (const std::string text : {"{}", "region: us-east-1\n", "---\nregion: us-east-1\n"}) {
    CAPTURE(text);
    CHECK_FALSE(load_config_text(text, "understudy.yaml", Environment(), {}).value().says_nothing);
  }
}

TEST_CASE("problems become lines with file, line, key and what was expected, in the file's order") {
  CHECK(errors_of("imds: {role: ap}\nroles:\n  app: {profile: x}\nregin: x\n") ==
        Lines{"understudy.yaml:1: imds.role: expected the name of a role, found \"ap\"; did you mean \"app\"?",
              "understudy.yaml:4: regin: unknown key; did you mean \"region\"?"});
  CHECK(errors_of("a: [\n").size() == 1);
  CHECK(errors_of("a: [\n").front().starts_with("understudy.yaml:2: expected YAML: "));
}

TEST_CASE("a complaint about a variable or a flag names it instead of a line") {
  CHECK(errors_of("roles: {app: {profile: x}}\n", {{"UNDERSTUDY_IMDS_ROLE", "ap"}}) ==
        Lines{"imds.role (UNDERSTUDY_IMDS_ROLE): expected the name of a role, found \"ap\"; did you mean \"app\"?"});
  CHECK(errors_of("", {{"UNDERSTUDY_REGIN", "x"}}) ==
        Lines{"regin (UNDERSTUDY_REGIN): unknown key; did you mean \"region\"?"});
  const auto flag = errors_of("", {}, {.imds = "1338"});
  REQUIRE(flag.size() == 1);
  CHECK(flag[0].starts_with("listen.imds (--imds): expected an address too: 127.0.0.1:1338"));
  const auto of_sts = errors_of("", {}, {.sts = "1341", .sts_alone = true});
  REQUIRE(of_sts.size() == 1);
  CHECK(of_sts[0].starts_with("listen.sts (--listen): expected an address too"));
}

TEST_CASE("with nothing configured at all there is a role to serve") {
  const auto loaded = load_config(std::nullopt, Environment(), {});
  REQUIRE(loaded.has_value());
  CHECK(loaded->warnings.empty());
  REQUIRE(loaded->config.roles.size() == 1);
  CHECK(loaded->config.roles[0].key == "default");
  CHECK(loaded->config.imds.role == "default");
  REQUIRE(loaded->config.containers.credentials.size() == 1);
  CHECK(loaded->config.containers.credentials[0].id == "default");
  CHECK(loaded->config.containers.credentials[0].path == "/creds");
}

TEST_CASE("an STS alone needs no configuration") {
  const auto loaded = load_config(std::nullopt, Environment(), {.sts = "127.0.0.1:0", .sts_alone = true});
  REQUIRE(loaded.has_value());
  CHECK(loaded->warnings.empty());
  CHECK(loaded->config.sts.embedded);
  CHECK(loaded->config.listen == Listeners{{}, {}, {}, ListenAddress{"127.0.0.1", 0}, {}});
}

TEST_CASE("a role ARN on the command line is assumed from the default profile") {
  const auto loaded = load_config(std::nullopt, Environment(),
                                  {.role_arn = "arn:aws:iam::111122223333:role/app", .region = "eu-west-1"});
  REQUIRE(loaded.has_value());
  CHECK(loaded->config.region == "eu-west-1");
  REQUIRE(loaded->config.roles.size() == 2);
  CHECK(loaded->config.roles[1].key == "default");
  CHECK(loaded->config.roles[1].base == "base");
  CHECK(errors_of("", {}, {.role_arn = "app"}).front().starts_with("roles.default.assume_role (--role-arn): "));
}

TEST_CASE("AWS's region is taken where the configuration has none") {
  const auto region = [](std::string_view text, Variables variables) {
    return load_config_text(text, "x", Environment(std::move(variables)), {}).value().config.region;
  };
  CHECK(region("", {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}}) == "a");
  CHECK(region("", {{"AWS_DEFAULT_REGION", "b"}}) == "b");
  CHECK(region("region: c\n", {{"AWS_REGION", "a"}}) == "c");
  CHECK(region("", {}).empty());
}

TEST_CASE("the file is named by the flag, or else by the environment") {
  const TemporaryFile file(kKeys, 0600);
  CHECK(load_config(file.path(), Environment(), {}).has_value());
  CHECK(load_config(std::nullopt, Environment(Variables{{"UNDERSTUDY_CONFIG", file.path()}}), {})
            .value()
            .config.imds.role == "app");
  const auto missing = load_config("/nonexistent/x.yaml", Environment(), {});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().front().find("/nonexistent/x.yaml") != std::string::npos);
}

TEST_CASE("a folder in the file's place is told with who makes such") {
  const TemporaryFile file(kKeys, 0600);
  const auto folder = std::filesystem::path(file.path()).parent_path().string();
  const auto loaded = load_config(folder, Environment(), {});
  REQUIRE_FALSE(loaded.has_value());
  REQUIRE(loaded.error().size() == 1);
  CHECK(loaded.error()[0].starts_with("can not read " + folder + ": Is a directory; the configuration is a file: "));
  CHECK(loaded.error()[0].find("Docker makes a folder") != std::string::npos);
}

TEST_CASE("a file that this process's user may not read is told with the user and what to do in a container") {
  const TemporaryFile file(kKeys, 0000);
  std::filesystem::permissions(std::filesystem::path(file.path()).parent_path(), std::filesystem::perms(0755));
  const WithoutRoot somebody;
  const auto loaded = load_config(file.path(), Environment(), {});
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error() ==
        Lines{fmt::format("can not open {}: Permission denied; it has to be readable for user {}; in a container: "
                          "chmod 644 it on the host, or run as its owner, user: \"1000:1000\" (what id -u and id -g "
                          "print there)",
                          file.path(), geteuid())});
}

TEST_CASE("who reads another user's file is not told to take it from everybody else" * doctest::skip(geteuid() != 0)) {
  const TemporaryFile file(kKeys, 0644);
  std::filesystem::permissions(std::filesystem::path(file.path()).parent_path(), std::filesystem::perms(0755));
  for (const uid_t owner : {0U, 1000U}) {
    CAPTURE(owner);
    REQUIRE(chown(file.path().c_str(), owner, owner) == 0);
    CHECK(load_config(file.path(), Environment(), {}).value().warnings[0].find("; type: chmod 600 ") !=
          std::string::npos);
    const WithoutRoot somebody;
    CHECK(load_config(file.path(), Environment(), {}).value().warnings ==
          Lines{file.path() +
                ": others may read the keys in this file (mode 0644); user 65534 has to read it and is not its owner, "
                "so keep the keys out of it, by environment: true or a profile"});
  }
}

TEST_CASE("modes that let others in are refused or warned about, with the command that mends them") {
  struct Row {
    mode_t mode;
    bool read;
    std::string says;
  };
  for (const auto& row :
       std::vector<Row>{{0600, true, ""},
                        {0400, true, ""},
                        {0640, true, "others may read the keys in this file (mode 0640); type: chmod 600 "},
                        {0644, true, "others may read the keys in this file (mode 0644); type: chmod 600 "},
                        {0620, true, "the group may write this file (mode 0620); type: chmod g-w "},
                        {0602, false, "everybody may write this file"},
                        {0666, false, "chmod o-w "}}) {
    CAPTURE(row.mode);
    const TemporaryFile file(kKeys, row.mode);
    const auto loaded = load_config(file.path(), Environment(), {});
    REQUIRE(loaded.has_value() == row.read);
    const auto& lines = loaded ? loaded->warnings : loaded.error();
    REQUIRE(lines.size() == (row.says.empty() ? 0 : 1));
    if (!row.says.empty()) {
      CHECK(lines[0].find(row.says) != std::string::npos);
      CHECK(lines[0].starts_with(file.path()));
    }
  }
}

TEST_CASE("a strict configuration refuses modes that let others in, by file, mode and the command that mends them") {
  const auto reads = [](mode_t mode) {
    return fmt::format(
        "others may read the keys in this file (mode {:04o}), which config.strict refuses; type: chmod 600 ", mode);
  };
  const auto writes = [](mode_t mode) {
    return fmt::format("the group may write this file (mode {:04o}), which config.strict refuses; type: chmod g-w ",
                       mode);
  };
  struct Row {
    mode_t mode;
    Lines says;
  };
  const auto strict = std::string(kKeys) + "config: {strict: true}\n";
  for (const auto& row : std::vector<Row>{{0600, {}},
                                          {0400, {}},
                                          {0640, {reads(0640)}},
                                          {0604, {reads(0604)}},
                                          {0620, {writes(0620)}},
                                          {0664, {writes(0664), reads(0664)}}}) {
    CAPTURE(row.mode);
    const TemporaryFile file(strict, row.mode);
    Lines expected;
    for (const auto& line : row.says) {
      expected.push_back(file.path() + ": " + line + file.path());
    }
    const auto loaded = load_config(file.path(), Environment(), {});
    CHECK((loaded ? loaded->warnings : loaded.error()) == expected);
    CHECK(loaded.has_value() == expected.empty());
  }
}

TEST_CASE(
    "whether the configuration is strict may be said by a variable, which whoever writes the file can not change") {
  const Variables strictly{{"UNDERSTUDY_CONFIG_STRICT", "true"}};
  const TemporaryFile loose("config: {strict: false}\n", 0620);
  CHECK_FALSE(load_config(loose.path(), Environment(strictly), {}).has_value());
  CHECK(load_config(loose.path(), Environment(), {}).has_value());
  const TemporaryFile open(kKeys, 0640);
  CHECK_FALSE(load_config(open.path(), Environment(strictly), {}).has_value());
}

TEST_CASE("a strict file without keys may be read by everybody") {
  const TemporaryFile file("config: {strict: true}\nroles: {app: {profile: x}}\nimds: {role: app}\n", 0644);
  CHECK(load_config(file.path(), Environment(), {}).value().warnings.empty());
}

TEST_CASE("a file without keys may be read by everybody") {
  const TemporaryFile file("roles: {app: {profile: x}}\nimds: {role: app}\n", 0644);
  CHECK(load_config(file.path(), Environment(), {}).value().warnings.empty());
}

TEST_CASE("keys are looked for in the file, whatever kind they are, and not in variables") {
  const std::string half = "roles: {base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE";
  for (const auto& text :
       {half + ", secret_access_key: fake}}}\n", half + ", secret_access_key: fake, session_token: fake}}}\n",
        std::string("sts: {endpoint: embedded, users: [{name: jane, access_key_id: AKIAIOSFODNN7EXAMPLE, "
                    "secret_access_key: fake}]}\n")}) {
    CAPTURE(text);
    const TemporaryFile file(text, 0644);
    CHECK(load_config(file.path(), Environment(), {}).value().warnings.size() == 1);
  }
  const TemporaryFile file(half + "}}}\n", 0644);
  const Environment environment(Variables{{"UNDERSTUDY_ROLES_BASE_STATIC_SECRET_ACCESS_KEY", "fake"}});
  CHECK(load_config(file.path(), environment, {}).value().warnings.empty());
}

TEST_CASE("keys in a variable are as good as keys in the file") {
  const auto loaded =
      load_config_text("roles:\n  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE}}\n", "x",
                       Environment(Variables{{"UNDERSTUDY_ROLES_BASE_STATIC_SECRET_ACCESS_KEY", "fake"}}), {});
  CHECK(loaded.has_value());
}

TEST_CASE("a line holds no control characters of the configuration") {
  CHECK(line_of({"a\x1b[31m", 3, "expected x"}, "f") == "f:3: a\\x1B[31m: expected x");
  CHECK(line_of({"", 0, "expected x"}, "f") == "f: expected x");
}

}  // namespace
}  // namespace understudy::config
