#!/usr/bin/env python3
"""clang-tidy-19 with .clang-tidy's checks, each one an error, over the sources of a build's compile database.

usage: tidy.py BUILD [--quick] [--all] [FILE..]
  --quick leaves out two that take as long as all others together each: the analyzer and the one that looks through a
          whole unit for each parameter
  --all takes the tests too, not src/ alone

A file that passed is not checked again until it, a header of ours that it includes, its compiler flags, .clang-tidy or
the tool change: a pass leaves an empty file named by the hash of all these in ~/.cache/understudy/tidy. Headers of
installed libraries are not part of it; `./dev clean --all` forgets everything.

What takes the time of the others is the headers, so for --quick some files of one room are one unit.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOOL = "clang-tidy-19"
ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "understudy" / "tidy"
SLOW = "-clang-analyzer-*,-performance-unnecessary-value-param"
# Files of a room that are one unit where the slow ones are left out: with more of them, the last unit is waited for.
UNIT = 12
# Lines of a unit's findings that are shown: a broken template alone has hundreds of notes.
LONGEST_COMPLAINT = 40
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# A finding of clang-tidy's, and where it is.
FINDING = re.compile(r"^(\S+?):\d+:\d+: (?:error|warning): .*\[(.+)\]$", re.MULTILINE)
# Flags that say where output goes; they name the build directory, which has no part in what the checks see.
OUTPUT_FLAGS = re.compile(r"\s-(?:o|MF|MQ|c)\s+\S+|\s-M[MD]\b")
COMPILER = re.compile(r"^(?:\S*ccache\s+)?\S+")


def our_headers(path, seen):
    """Adds every file of ours that `path` includes, directly or not, to `seen`."""
    for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        for folder in (path.parent, ROOT / "include", ROOT / "test"):
            header = (folder / name).resolve()
            if header.is_file():
                if header not in seen:
                    seen.add(header)
                    our_headers(header, seen)
                break
    return seen


def key_of(source, command, common):
    """The hash of everything of ours that decides what clang-tidy says about `source`."""
    digest = hashlib.sha256(common)
    digest.update(flags_of(command).replace(str(ROOT), "").encode())
    for path in sorted(our_headers(source, {source})):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def sources(build, everything, only):
    """(source, command) of the compile database that lie in src/, or in test/ too; a source once."""
    folders = [ROOT / "src"] + ([ROOT / "test"] if everything else [])
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = (Path(entry["directory"]) / entry["file"]).resolve()
        wanted = path in only if only else any(folder in path.parents for folder in folders)
        if wanted and path.is_file():
            found.setdefault(path, entry["command"])
    return sorted(found.items())


def flags_of(command):
    """What a command says to any compiler, whichever one and whatever it compiles."""
    return COMPILER.sub("", OUTPUT_FLAGS.sub("", command)).strip()


def units_of(due, most):
    """Lists of files, of one folder and with the same flags each; `due` is {source: command}. Tests are programs of their own."""
    groups = {}
    for source, command in due.items():
        alone = source if ROOT / "test" in source.parents else None
        groups.setdefault((source.parent, alone, flags_of(command)), []).append(source)
    return [(files[start:start + most], flags) for (_, _, flags), files in groups.items() for start in range(0, len(files), most)]


def check(unit, build, checks):
    """What clang-tidy complains about, "" for nothing."""
    files, flags = unit
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as whole:
        whole.writelines(f'#include "{file}"\n' for file in files)
        whole.flush()
        run = subprocess.run([TOOL, "--quiet", *checks, f"--config-file={ROOT}/.clang-tidy", whole.name, "--", *shlex.split(flags),
                              "-Wno-unknown-warning-option", "-Wno-unused-command-line-argument"],
                             capture_output=True, text=True, cwd=build)
    findings = FINDING.findall(run.stdout)
    # The analyzer follows calls into a library's headers and may end there: not ours to mend. A compiler's error is.
    ours = [place for place, name in findings if "clang-diagnostic" in name or ROOT in (build / place).resolve().parents]
    if run.returncode == 0 or (findings and not ours):
        return ""
    lines = (run.stdout.replace(f"{ROOT}/", "").replace("../../", "") or run.stderr).splitlines()
    cut = [f"  ({len(lines) - LONGEST_COMPLAINT} lines more)"] if len(lines) > LONGEST_COMPLAINT else []
    return "\n".join(lines[:LONGEST_COMPLAINT] + cut)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("files", nargs="*", type=lambda name: Path(name).resolve())
    options = parser.parse_args()
    try:
        version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    except FileNotFoundError:
        print(f"{TOOL} is not installed (./dev lint installs it)")
        return 1
    checks = [f"--checks={SLOW}"] if options.quick else []
    common = version + (ROOT / ".clang-tidy").read_bytes() + "".join(checks).encode()
    commands = dict(sources(options.build, options.all, options.files))
    keys = {source: key_of(source, command, common) for source, command in commands.items()}
    CACHE.mkdir(parents=True, exist_ok=True)
    due = {source: commands[source] for source, key in keys.items() if not (CACHE / key).exists()}
    units = units_of(due, UNIT if options.quick else 1)
    started, failures = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (files, _), complaint in zip(units, pool.map(lambda unit: check(unit, options.build, checks), units)):
            if complaint:
                failures += 1
                print(complaint, flush=True)
            else:
                for file in files:
                    (CACHE / keys[file]).touch()
    print(f"{len(keys)} files, {len(due)} checked in {len(units)} units in {time.monotonic() - started:.0f} s, "
          f"{len(keys) - len(due)} unchanged since they passed, {failures} units with findings")
    if not keys:
        print("the compile database names no file of ours")
    return 1 if failures or not keys else 0


if __name__ == "__main__":
    sys.exit(main())
