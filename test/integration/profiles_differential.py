#!/usr/bin/python3
"""Reads random config and credentials files with understudy's parser and with botocore's, and compares every section.

    profiles_differential.py PEER [SEED]

PEER is the program profiles_peer. The seed is printed; give it again to see a failure again. Ends with 77 (skipped) where
botocore is not installed.

Compared: profiles, sso-sessions and services, with every property and sub-property.

- One half of the files is read by both as it is. Some of them are broken, and both have to refuse those.
- The other half uses what botocore reads differently (inline comments, duplicates, ..): there botocore is given a file that
  says plainly what the specification makes of ours. Each difference is pinned by itself in profiles_differences.py.
"""

import json
import random
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from profiles_differences import DIFFERENCES, REFUSED

try:
    import botocore.session
    from botocore.exceptions import ConfigParseError
except ImportError:
    print("botocore is not installed (Debian: python3-botocore)")
    sys.exit(77)

COUNT = 4000
NAME = "abcXYZ019_-/.%@:+"
QUOTED = NAME + " $&!()*,<>?^`{|}~äß中🎭"
KEYS = ["region", "output", "role_arn", "source_profile", "aws_access_key_id", "sso_region", "s3", "sts", "a-b", "x.y", "z9"]
WORDS = ["a", "eu-west-1", "=", "a=b", "x:y", "[b]", '"q"', "it's", "%(x)s", "${HOME}", "~/p", "ä", "中", "🎭", "a#b", "a;b",
         "\\", "]", "v"]
COMMENTS = ["# c", "; c", "#", ";", "#k = v", "; [profile a]"]
BLANKS = ["", " ", "\t", "  \t"]
INDENTS = [" ", "\t", "    ", " \t"]


def text_of(rng, pieces, most):
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, most)))


def words(rng):
    return rng.choice([" ", "  "]).join(rng.choice(WORDS) for _ in range(rng.randint(1, 4)))


class File:
    """A random file: `lines` are ours, `said` is what they say, for botocore. A plain one says it in the same words."""

    def __init__(self, rng, is_config, dressed):
        self.rng, self.is_config, self.dressed = rng, is_config, dressed
        self.lines = []
        self.said = {}  # by header: by key: lines
        self.headers = set()
        for _ in range(rng.randint(0, 7)):
            self.filler()
            self.section()
        self.filler()
        if '[profile "default"]' in self.said:
            self.said.pop("[default]", None)

    def chance(self, probability):
        return self.rng.random() < probability

    def sometimes_dressed(self, probability=0.2):
        return self.dressed and self.chance(probability)

    def filler(self):
        while self.chance(0.3):
            self.lines.append(self.rng.choice(BLANKS + COMMENTS))

    def section(self):
        header, said = self.config_header() if self.is_config else self.credentials_header()
        if not self.dressed and (said or header) in self.headers:
            return
        self.headers.add(said or header)
        pad = self.rng.choice(BLANKS) if self.sometimes_dressed() else ""
        end = self.rng.choice(["", "", " ", " # c", "; c", "\t;[c"]) if not self.sometimes_dressed(0.1) else " # [c]"
        self.lines.append(f"[{pad}{header}{pad}]{end}")
        known = self.said.setdefault(said, {}) if said else {}
        for _ in range(self.rng.randint(0, 5)):
            self.filler()
            self.property(known)

    def config_header(self):
        """A header's text, and what it says; None where it does not count, for either reader if the file is plain."""
        kind = self.rng.choice(["default", "profile", "profile", "profile", "sso-session", "services", "bare"])
        if kind == "default":
            return "default", "[default]"
        if kind == "bare":
            return self.rng.choice(["preview", "plugins", "a b", "sso session x", "profile a b", 'profile "a', "Profile a"]), None
        if self.sometimes_dressed(0.1):
            return self.rng.choice([f"{kind} a$", f"{kind} ä", f"{kind}s a", f"{kind} a'b'", "DEFAULT"]), None
        name = self.name()
        if kind == "profile" and self.sometimes_dressed():
            name = "default"
        written = name
        if self.chance(0.4):
            name = name if self.chance(0.3) else text_of(self.rng, QUOTED, 5)
            written = self.rng.choice(["'%s'", '"%s"']) % name
        return kind + self.rng.choice([" ", "\t", "  "]) + written, f'[{kind} "{name}"]'

    def name(self):
        """Often one that the other file has, too."""
        return self.rng.choice(["a", "b", text_of(self.rng, NAME, 2), text_of(self.rng, NAME, 3)])

    def credentials_header(self):
        if self.sometimes_dressed(0.1):
            return self.rng.choice(["profile a", "sso-session a", "a b", "ä"]), None
        name = "default" if self.chance(0.2) else self.name()
        if self.sometimes_dressed():
            name = text_of(self.rng, QUOTED, 4).strip() or "a"
            return self.rng.choice(["'%s'", '"%s"']) % name, f"[{name}]"
        return name, f"[{name}]"

    def property(self, known):
        key = self.rng.choice(KEYS)
        if key in known and not self.dressed:
            return
        counts = not self.sometimes_dressed(0.1)
        shape = self.rng.choice(["one line", "one line", "empty", "several lines", "nested"])
        value = "" if shape in ("empty", "nested") else words(self.rng)
        written = self.rng.choice([key, key.upper(), key.title()]) if counts else key + self.rng.choice([" b", "$", "ä"])
        comment = self.rng.choice([" # c", "\t; c", "  #", " ;k = v"]) if self.sometimes_dressed() else ""
        self.lines.append(written + self.rng.choice(["=", " = ", "\t=", "=  "]) + value + comment + self.rng.choice(BLANKS))
        said = [f"{key} = {value}"]
        for _ in range(self.rng.randint(1, 4) if shape in ("several lines", "nested") else 0):
            said += self.continuation(shape == "nested")
        if counts:
            known[key] = said

    def continuation(self, nested):
        while self.chance(0.1):
            self.lines.append(self.rng.choice(COMMENTS))
        while self.chance(0.1) and (nested or self.dressed):
            self.lines.append(self.rng.choice(BLANKS))
        text = words(self.rng) + self.rng.choice(["", " # kept", "\t;kept"])
        written = text
        if nested:
            key = self.rng.choice(KEYS)
            text = f"{key} = {text}"
            written = text if not self.sometimes_dressed() else text.replace(key, key.upper(), 1)
        ignored = nested and self.sometimes_dressed(0.1)
        self.lines.append(self.rng.choice(INDENTS) + ("b " if ignored else "") + written + self.rng.choice(BLANKS))
        return [] if ignored else ["  " + text]

    def texts(self):
        """Ours, and botocore's."""
        end = self.rng.choice(["\n", "\n", "\r\n"])
        ours = end.join(self.lines) + self.rng.choice(["", end])
        if not self.dressed:
            return ours, ours
        plain = [line for header, known in self.said.items() for lines in [[header], *known.values()] for line in lines]
        return ours, "\n".join(plain) + "\n"


def broken(rng, text):
    lines = text.split("\n")
    kind = rng.choice(["anywhere", "first", "last"])
    if kind == "anywhere":
        lines.insert(rng.randint(0, len(lines)), rng.choice(["no property", "= v", "[profile a", "["]))
    elif kind == "first":
        lines.insert(0, rng.choice(["k = v", "  k = v", "\ufeff[default]"]))
    else:
        lines += ["[profile last]", "k =", "  no sub-property"]
    return "\n".join(lines)


def random_pair(rng):
    """Each file as (ours, botocore's), None where it is not there; and whether they are to be refused."""
    dressed = rng.random() < 0.5
    pair = [File(rng, is_config, dressed).texts() if rng.random() < 0.9 else None for is_config in (True, False)]
    breaks = not dressed and any(pair) and rng.random() < 0.15
    if breaks:
        chosen = rng.choice([place for place, texts in enumerate(pair) if texts])
        text = broken(rng, pair[chosen][0].replace("\r\n", "\n"))
        pair[chosen] = (text, text)
    return pair, breaks


def we_read(peer, pairs):
    lines = [json.dumps({"config": config, "credentials": credentials}) for config, credentials in pairs]
    done = subprocess.run([peer], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True, timeout=100)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(pairs), "the peer answered %d of %d" % (len(answers), len(pairs))
    return [REFUSED if answer == {"error": "ConfigSyntax"} else answer for answer in answers]


def services_in(read):
    """Older releases leave these sections as they are."""
    if "services" in read:
        return read["services"]
    headers = {header: shlex.split(header) for header in read if header.startswith("services")}
    return {parts[1]: read[header] for header, parts in headers.items() if len(parts) == 2}


class Botocore:
    def __init__(self, folder):
        self.session = botocore.session.Session()
        self.files = [Path(folder, "config"), Path(folder, "credentials")]
        for file in self.files:
            self.session.set_config_variable(f"{file.name}_file", str(file))

    def reads(self, pair):
        for file, text in zip(self.files, pair):
            file.unlink(missing_ok=True)
            if text is not None:
                file.write_bytes(text.encode("utf-8"))
        self.session._config = None  # It would keep what it has read.
        try:
            read = self.session.full_config
        except ConfigParseError:
            return REFUSED
        return {"profiles": read["profiles"], "sso_sessions": read.get("sso_sessions", {}), "services": services_in(read)}


def random_differences(peer, judge, rng):
    pairs = [random_pair(rng) for _ in range(COUNT)]
    ours, theirs = ([[texts and texts[side] for texts in pair] for pair, _ in pairs] for side in (0, 1))
    for (_, breaks), our_files, answer, their_files in zip(pairs, ours, we_read(peer, ours), theirs):
        verdict = judge.reads(their_files)
        if answer != verdict or (answer == REFUSED) != breaks:
            yield "of %r\n  we read %r\nof %r\n  botocore read %r" % (our_files, answer, their_files, verdict)


def pinned_differences(peer, judge):
    pairs = [(row.config, row.credentials) for row in DIFFERENCES]
    for row, pair, answer in zip(DIFFERENCES, pairs, we_read(peer, pairs)):
        for whose, expected, read in (("we", row.ours, answer), ("botocore", row.theirs, judge.reads(pair))):
            profiles = read if read == REFUSED else read["profiles"]
            if profiles != expected:
                yield "%s: %s read %r, not %r" % (row.what, whose, profiles, expected)


def main():
    peer = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    print("seed %d" % seed, flush=True)
    with tempfile.TemporaryDirectory(prefix="understudy-profiles-") as folder:
        judge = Botocore(folder)
        found = list(random_differences(peer, judge, random.Random(seed)))
        pinned = list(pinned_differences(peer, judge))
    for line in found[:5] + pinned:
        print(line)
    passed = COUNT - len(found) + len(DIFFERENCES) - len(pinned)
    print("%d passed, %d failed" % (passed, len(found) + len(pinned)))
    return 1 if found or pinned else 0


if __name__ == "__main__":
    sys.exit(main())
