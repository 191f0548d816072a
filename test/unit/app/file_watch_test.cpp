#include "understudy/app/file_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

namespace fs = std::filesystem;

/// Counts changes, and waits for them.
class Told {
 public:
  explicit Told(const fs::path& file) : Told(file, FileWatch::mark_of(file)) {}
  Told(const fs::path& file, const FileWatch::Mark& read) : Told(std::vector<FileWatch::File>{{file, read}}) {}
  explicit Told(std::vector<FileWatch::File> files)
      : watch_(std::move(files), [this](const fs::path& file) { count(file); }) {}

  /// Whether one more has come, at most ten seconds later.
  bool once_more() {
    std::unique_lock lock(mutex_);
    ++expected_;
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return count_ >= expected_; }) &&
           count_ == expected_;
  }
  [[nodiscard]] int times() {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  [[nodiscard]] fs::path last() {
    const std::scoped_lock lock(mutex_);
    return last_;
  }

 private:
  void count(const fs::path& file) {
    const std::scoped_lock lock(mutex_);
    last_ = file;
    ++count_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  fs::path last_;
  int count_ = 0;
  int expected_ = 0;
  FileWatch watch_;
};

void write(const fs::path& file, std::string_view text) { std::ofstream(file) << text; }

/// A folder put behind the link `..data` by one rename, as kubelet does it.
void publish(const fs::path& folder, const std::string& name, std::string_view text) {
  fs::create_directory(folder / name);
  write(folder / name / "config", text);
  fs::create_directory_symlink(name, folder / "..data_tmp");
  fs::rename(folder / "..data_tmp", folder / "..data");
}

TEST_CASE("a file that is written, replaced, or there again is told each time") {
  const fakes::TempFolder folder;
  const auto file = folder.path() / "config";
  write(file, "one");
  Told told(file);
  write(file, "another");
  CHECK(told.once_more());
  write(folder.path() / "config~", "a third");
  fs::rename(folder.path() / "config~", file);
  CHECK(told.once_more());
  fs::remove(file);
  write(file, "a fourth one");
  CHECK(told.once_more());
}

TEST_CASE("a mode that is changed is told, as one that had the file refused") {
  const fakes::TempFolder folder;
  const auto file = folder.path() / "config";
  write(file, "one");
  fs::permissions(file, fs::perms::owner_read | fs::perms::others_write);
  Told told(file);
  fs::permissions(file, fs::perms::owner_read);
  CHECK(told.once_more());
}

TEST_CASE("what has changed between the reading and the watch is told") {
  const fakes::TempFolder folder;
  const auto file = folder.path() / "config";
  write(file, "one");
  const auto read = FileWatch::mark_of(file);
  write(file, "another");
  Told told(file, read);
  CHECK(told.once_more());
}

TEST_CASE("what its links lead to is followed, also where they come to lead elsewhere") {
  const fakes::TempFolder folder;
  const auto mounted = folder.path() / "mounted";
  fs::create_directory(mounted);
  publish(mounted, "..1", "one");
  fs::create_symlink("..data/config", mounted / "config");
  const auto file = folder.path() / "link";
  fs::create_symlink(mounted / "config", file);
  Told told(mounted / "config");
  publish(mounted, "..2", "another");
  CHECK(told.once_more());
  fs::remove_all(mounted / "..1");
  publish(mounted, "..3", "a third one");
  CHECK(told.once_more());
  Told through_a_link(file);
  write(mounted / "..3/config", "in its place");
  CHECK(through_a_link.once_more());
}

TEST_CASE("of several files each is told for itself, wherever it is") {
  const fakes::TempFolder folder;
  fs::create_directory(folder.path() / "tokens");
  const auto config = folder.path() / "config";
  const auto token = folder.path() / "tokens/app";
  const auto beside = folder.path() / "tokens/audit";
  std::vector<FileWatch::File> files;
  for (const auto& file : {config, token, beside}) {
    write(file, "one");
    files.push_back({file, FileWatch::mark_of(file)});
  }
  Told told(files);
  for (const auto& file : {beside, config, token, beside}) {
    write(folder.path() / "new", "of another size than before: " + file.string() + std::to_string(told.times()));
    fs::rename(folder.path() / "new", file);
    CHECK(told.once_more());
    CHECK(told.last() == file);
  }
}

TEST_CASE("what else is in the folder is nothing to tell, nor is a file that is not there") {
  const fakes::TempFolder folder;
  const auto file = folder.path() / "config";
  Told nothing(folder.path() / "none");
  write(file, "one");
  Told told(file);
  write(folder.path() / "other", "one");
  write(file, "another");
  // Both look at the same events: the first has looked by then.
  CHECK(told.once_more());
  CHECK(nothing.times() == 0);
}

}  // namespace
}  // namespace understudy::app
