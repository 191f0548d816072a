// Every target over its seed corpus, by any compiler: `fuzz_seeds_test test/fuzz/corpus`. A broken property ends it by
// SIGABRT, and the last line says where.

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>

namespace fs = std::filesystem;

#define TARGET(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
TARGETS
#undef TARGET

namespace {

using Target = int (*)(const std::uint8_t* data, std::size_t size);

#define TARGET(name) {#name, fuzz_##name},
constexpr std::pair<const char*, Target> kTargets[]{TARGETS};
#undef TARGET

void feed(Target target, const std::string& input) {
  target(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

/// How many files it was fed with.
int feed_all(Target target, const fs::path& folder) {
  feed(target, "");
  int fed = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);
    std::ifstream file(entry.path(), std::ios::binary);
    feed(target, {std::istreambuf_iterator<char>(file), {}});
    ++fed;
  }
  return fed;
}

int run(const fs::path& corpus) {
  int passed = 0;
  int failed = 0;
  std::set<std::string> known;
  for (const auto& [name, target] : kTargets) {
    known.insert(name);
    const int fed = fs::is_directory(corpus / name) ? feed_all(target, corpus / name) : 0;
    if (fed == 0) {
      std::printf("%s: there are no seeds in %s\n", name, (corpus / name).c_str());
      ++failed;
    }
    passed += fed;
  }
  for (const auto& entry : fs::directory_iterator(corpus)) {
    if (entry.is_directory() && !known.contains(entry.path().filename())) {
      std::printf("%s: test/fuzz/meson.build names no such target\n", entry.path().c_str());
      ++failed;
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds_test CORPUS\n");
    return 2;
  }
  try {
    return run(arguments[1]);
  } catch (const std::exception& problem) {
    std::printf("an exception: %s\n0 passed, 1 failed\n", problem.what());
    return 1;
  }
}
