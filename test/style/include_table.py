#!/usr/bin/env python3
"""Checks every #include of include/, src/ and test/ against the table in rooms.py, and each file's shape.

usage: include_table.py [ROOT]     prints `file:line: rule` for each violation; exits 1 if there is one.
"""

import re
import sys
from pathlib import Path

from rooms import LIBRARIES, LIBRARY_FILES, OUR_FILES, ROOMS, SYSTEM_FOLDERS

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')
# Where a file has good reason to be longer, it says so: `// Long because: ...` in its first lines.
LONGEST_FILE = 300


def room_of(path):
    """'http' for src/http/x.cpp and include/understudy/http/x.hpp; None for files in no room (tests)."""
    parts = path.parts
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ("include", "understudy") and len(parts) > 3:
        return parts[2]
    return None


def library_of(header):
    for name, beginnings in LIBRARIES.items():
        if header.startswith(beginnings):
            return name
    return None


def check_library(path, room, header):
    library = library_of(header)
    if library is None:
        if "/" in header and not header.startswith(SYSTEM_FOLDERS):
            return f"<{header}> is of no library that test/style/rooms.py knows"
        return None
    if library not in ROOMS[room].libraries:
        return f"{room} may not include {library}: {', '.join(sorted(ROOMS[room].libraries)) or 'no library'} only"
    files = LIBRARY_FILES.get((room, library))
    if files and not path.stem.startswith(tuple(files)):
        return f"in {room} only {', '.join(sorted(files))} may include {library}"
    return None


def check_ours(path, room, header, root):
    if not header.startswith("understudy/"):
        is_private = path.parts[0] == "src" and "/" not in header and (root / path.parent / header).exists()
        if is_private:
            return None
        return f'"{header}": ours are included as "understudy/<room>/<file>.hpp"'
    target = header.split("/")[1]
    if target not in ROOMS:
        return f"{target} is no room"
    if target != room and target not in ROOMS[room].rooms:
        return f"{room} may not include {target}: {', '.join(sorted(ROOMS[room].rooms)) or 'no other room'} only"
    if library_of(header):
        return check_library(path, room, header)
    endings = OUR_FILES.get((room, target))
    if endings and not Path(header).stem.endswith(endings):
        return f"{room} may include {target}'s *{', *'.join(endings)}.hpp only"
    return None


def check_shape(path, lines, includes):
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        yield 1, "a header has #pragma once"
    if len(lines) > LONGEST_FILE and not any("Long because:" in line for line in lines[:20]):
        yield len(lines), f"over {LONGEST_FILE} lines: split it, or say `// Long because: ..` at its top"
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*using\s+namespace\b", line) and path.suffix == ".hpp":
            yield number, "no using namespace in a header"
    own = f"understudy/{path.parts[1]}/{path.stem}.hpp" if path.suffix == ".cpp" and path.parts[0] == "src" else None
    if own and any(name == own for _, name, _ in includes) and includes[0][1] != own:
        yield includes[0][0], f'the own header "{own}" comes first'


def check_file(path, root):
    """Yields (line, rule) for each violation in a file; `path` is relative to `root`."""
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    includes = []
    for number, line in enumerate(lines, 1):
        if match := INCLUDE.match(line):
            includes.append((number, match[1] or match[2], match[1] is not None))
    yield from check_shape(path, lines, includes)
    room = room_of(path)
    if room is None:
        return
    if room not in ROOMS:
        yield 1, f"{room} is no room: test/style/rooms.py names them"
        return
    for number, header, in_angles in includes:
        rule = check_library(path, room, header) if in_angles else check_ours(path, room, header, root)
        if rule:
            yield number, rule


def files(root):
    for top in ("include", "src", "test"):
        for path in sorted((root / top).rglob("*.[ch]pp")):
            yield path.relative_to(root)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2])
    checked = violations = 0
    for path in files(root):
        checked += 1
        for line, rule in check_file(path, root):
            violations += 1
            print(f"{path}:{line}: {rule}")
    if not checked:
        print(f"{root}: no C++ file here")
    print(f"{checked} files, {violations} violations")
    return 1 if violations or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
