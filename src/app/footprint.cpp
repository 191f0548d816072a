#include "understudy/app/footprint.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <link.h>
#include <span>

#include "understudy/base/files.hpp"
#include "understudy/base/heap.hpp"

namespace understudy::app {
namespace {

bool is_traced() {
  const auto status = read_file("/proc/self/status");
  return !status || status->find("TracerPid:\t0\n") == std::string::npos;
}

int let_go_of(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const auto& segment : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    // What can be written differs from its file: relocations, at least.
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) {
      continue;
    }
    const auto begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void let_go_of_the_start() {
  give_back_free_pages();
  if (!is_traced()) {
    dl_iterate_phdr(let_go_of, nullptr);
  }
}

}  // namespace understudy::app
