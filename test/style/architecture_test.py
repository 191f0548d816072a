"""Holds ARCHITECTURE.md to the code: its table of rooms is that of rooms.py, and what it names exists. And a name to its header."""

import collections
import re
import unittest
from pathlib import Path

from rooms import ROOMS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
# What "Where to add" invents as an example, and examples of how names are written.
INVENTED = {"credential_process_kind", "src/source/credential_process.cpp", "snake_case", "PascalCase", "member_", "kConstant"}

ROW = re.compile(r"^\| (\w+) \|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
# `Worker::sweep`, `read_config`, `Role::state()`, `kMustAnswer`: at least one of ::, _, () or an inner capital.
NAME = re.compile(r"`((?:[A-Za-z]\w*::)*[A-Za-z]\w*)(?:\(\))?`")
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+)`")

# What a header defines at the left margin: a function, a constant, a type.
DEFINED = re.compile(r"^(?:inline [^\n(={;]*?|struct |class |enum class )(\w+)(?: = | ?\{|\(|$| :)", re.MULTILINE)


def names():
    found = {name for name in NAME.findall(TEXT) if re.search(r"::|_|[a-z][A-Z]", name)}
    return found - INVENTED


def words_of_the_code():
    files = [file for folder in ("include", "src", "test") for file in (ROOT / folder).rglob("*.[ch]pp")]
    return set(re.findall(r"\w+", "\n".join(file.read_text() for file in files)))


class Architecture(unittest.TestCase):
    def test_the_rooms_are_those_of_the_include_table(self):
        table = {name: (set(rooms.split()), set(libraries.split())) for name, rooms, libraries in ROW.findall(TEXT)
                 if name != "room"}
        self.assertEqual(table, {name: (set(room.rooms), set(room.libraries)) for name, room in ROOMS.items()})

    def test_every_file_it_names_is_there(self):
        paths = set(PATH.findall(TEXT)) - INVENTED
        self.assertIn("src/app/serve_command.cpp", paths)
        self.assertEqual(sorted(path for path in paths if not (ROOT / path).exists()), [])

    def test_every_name_it_mentions_stands_in_the_code(self):
        words = words_of_the_code()
        self.assertIn("Worker::sweep", names())
        missing = [name for name in names() if not set(name.split("::")) <= words]
        self.assertEqual(sorted(missing), [])

    def test_a_name_is_defined_by_one_header_of_a_folder_of_tests(self):
        """A room's tests are one program: of two things with one name it would have either, unseen."""
        headers = collections.defaultdict(set)
        for file in (ROOT / "test").rglob("*.hpp"):
            for name in DEFINED.findall(file.read_text()):
                headers[file.parent.name, name].add(file.name)
        self.assertIn(("source", "key_id"), headers)
        self.assertEqual([(place, files) for place, files in headers.items() if len(files) > 1], [])


if __name__ == "__main__":
    unittest.main()
