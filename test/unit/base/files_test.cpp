#include "understudy/base/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using fakes::TempFolder;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

void write(const std::filesystem::path& path, std::string_view content) { std::ofstream(path) << content; }

std::ptrdiff_t entries_in(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

/// The process's umask while it lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { umask(before_); }

 private:
  mode_t before_;
};

TEST_CASE("a file is read as it is, however many blocks it has") {
  const TempFolder folder;
  for (const auto size : {std::size_t{0}, std::size_t{1}, std::size_t{16384}, std::size_t{40000}}) {
    const std::string content(size, 'x');
    write(folder / "file", content);
    CHECK(read_file(folder / "file").value() == content);
  }
}

TEST_CASE("a file over the limit is refused, and one of just that size is not") {
  const TempFolder folder;
  write(folder / "file", "12345");
  CHECK(read_file(folder / "file", 5));
  const auto read = read_file(folder / "file", 4);
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == Error::Kind::kInvalid);
  CHECK(read.error().message == (folder / "file").string() + " has more than 4 bytes");
}

TEST_CASE("an endless device ends at the limit") {
  CHECK(read_file("/dev/zero", 100000).error().kind == Error::Kind::kInvalid);
}

TEST_CASE("a named pipe is refused and not waited for, whether somebody writes there or not") {
  const TempFolder folder;
  const auto path = folder / "fifo";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const auto refuse = [&] {
    const auto read = read_file(path);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::kInvalid);
    CHECK(read.error().message.starts_with("can not read " + path.string() + ": it is a named pipe"));
  };
  refuse();
  const int both = open(path.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(both >= 0);
  refuse();
  close(both);
}

TEST_CASE("a pipe that was handed over is read to its end, and waited for no longer than its time") {
  int ends[2] = {-1, -1};
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const auto path = "/dev/fd/" + std::to_string(ends[0]);

  const auto silent = read_file(path, 100, std::chrono::milliseconds(1));
  REQUIRE_FALSE(silent);
  CHECK(silent.error().kind == Error::Kind::kUnavailable);
  CHECK(silent.error().message == "can not read " + path + ": Connection timed out");

  auto whole = std::async(std::launch::async, [&] { return read_file(path); });
  for (const std::string_view part : {"one ", "two"}) {
    REQUIRE(::write(ends[1], part.data(), part.size()) == static_cast<ssize_t>(part.size()));
  }
  close(ends[1]);
  CHECK(whole.get().value() == "one two");
  close(ends[0]);
}

TEST_CASE("a device without content is empty") { CHECK(read_file("/dev/null").value().empty()); }

TEST_CASE("a missing file and a folder are told apart") {
  const TempFolder folder;
  const auto missing = read_file(folder / "none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == Error::Kind::kNotFound);
  CHECK(missing.error().message == "can not open " + (folder / "none").string() + ": No such file or directory");

  const auto read = read_file(folder.path());
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == Error::Kind::kUnavailable);
  CHECK(read.error().message.find("Is a directory") != std::string::npos);

  write(folder / "file", "");
  CHECK(read_file(folder / "file" / "below").error().kind == Error::Kind::kNotFound);
}

TEST_CASE("a written file has the content and exactly the mode, whatever the umask") {
  const TempFolder folder;
  const Umask umask(0077);
  for (const mode_t mode : {0600U, 0644U, 0666U, 0400U}) {
    CAPTURE(mode);
    REQUIRE(write_file_atomically(folder / "file", "content", mode));
    CHECK(read_file(folder / "file").value() == "content");
    CHECK(mode_of(folder / "file") == mode);
  }
  CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("writing replaces the file, and who has the old one open keeps the old content") {
  const TempFolder folder;
  REQUIRE(write_file_atomically(folder / "file", "old", 0600));
  std::ifstream reader(folder / "file");
  REQUIRE(write_file_atomically(folder / "file", "new", 0600));
  CHECK(std::string(std::istreambuf_iterator<char>(reader), {}) == "old");
  CHECK(read_file(folder / "file").value() == "new");
}

TEST_CASE("a write that fails names the path and leaves nothing behind") {
  const TempFolder folder;
  const auto no_folder = write_file_atomically(folder / "none" / "file", "x", 0600);
  REQUIRE_FALSE(no_folder);
  CHECK(no_folder.error().kind == Error::Kind::kNotFound);

  std::filesystem::create_directory(folder / "folder");
  const auto onto_folder = write_file_atomically(folder / "folder", "x", 0600);
  REQUIRE_FALSE(onto_folder);
  CHECK(onto_folder.error().message.starts_with("can not write " + (folder / "folder").string()));
  CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("a device or a pipe is not replaced by a file") {
  const TempFolder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const auto onto_pipe = write_file_atomically(folder / "pipe", "x", 0600);
  REQUIRE_FALSE(onto_pipe);
  CHECK(onto_pipe.error().kind == Error::Kind::kInvalid);
  CHECK(std::filesystem::is_fifo(folder / "pipe"));
  CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("a symbolic link stays one, and what it leads to is replaced") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "there");
  write(folder / "there" / "file", "old");
  std::filesystem::create_symlink("there/file", folder / "link");
  REQUIRE(write_file_atomically(folder / "link", "new", 0600));
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "there" / "file").value() == "new");
  CHECK(entries_in(folder / "there") == 1);
}

TEST_CASE("missing folders are made with the mode, and those there stay as they are") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "a");
  std::filesystem::permissions(folder / "a", std::filesystem::perms(0755));
  REQUIRE(make_directories(folder / "a" / "b" / "c", 0700));
  CHECK(mode_of(folder / "a") == 0755);
  CHECK(mode_of(folder / "a" / "b") == 0700);
  CHECK(mode_of(folder / "a" / "b" / "c") == 0700);
  CHECK(make_directories(folder / "a" / "b" / "c", 0755));
  CHECK(mode_of(folder / "a" / "b" / "c") == 0700);
  CHECK(make_directories(folder / "d" / "e" / "", 0700));
  CHECK(std::filesystem::is_directory(folder / "d" / "e"));
}

TEST_CASE("a file where a folder should be is an error") {
  const TempFolder folder;
  write(folder / "file", "");
  for (const auto& path : {folder / "file", folder / "file" / "below"}) {
    CAPTURE(path.string());
    const auto made = make_directories(path, 0700);
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("Not a directory") != std::string::npos);
  }
}

TEST_CASE("a mode is told of regular files alone") {
  const TempFolder folder;
  const auto file = folder / "file";
  REQUIRE(write_file_atomically(file, "x", 0640));
  CHECK((file_mode(file) & 0777) == 0640);
  CHECK(file_mode(folder.path()) == 0);
  CHECK(file_mode("/dev/null") == 0);
  CHECK(file_mode(folder / "nothing") == 0);
}

TEST_CASE("a locked folder is locked for everybody else, as long as the lock lives") {
  const TempFolder folder;
  const auto is_free = [&] {
    const int other = open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool taken = flock(other, LOCK_EX | LOCK_NB) == 0;
    close(other);
    return taken;
  };
  std::optional<FolderLock> kept;
  {
    auto lock = FolderLock::take(folder.path());
    REQUIRE(lock);
    kept.emplace(*std::move(lock));
  }
  CHECK_FALSE(is_free());
  kept.reset();
  CHECK(is_free());
}

TEST_CASE("what is no folder can not be locked as one") {
  const TempFolder folder;
  write(folder / "file", "");
  for (const char* name : {"file", "nothing"}) {
    const auto lock = FolderLock::take(folder / name);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().kind == Error::Kind::kNotFound);
    CHECK(lock.error().message.find((folder / name).string()) != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy
