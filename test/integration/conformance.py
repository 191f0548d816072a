"""Tables of requests and whole answers, held to the tables of a section of docs/containers.md.

A Row stands for a request and its answer; `Walk.walk` asks. `Walk.hold` compares all rows with the documentation, both ways: for
each path, status and error text that is written there is a row, and what a row expects is written there.
"""

import re
from dataclasses import dataclass, field
from typing import Optional

import understudy

JSON, TEXT, TEXT_UTF8 = "application/json", "text/plain", "text/plain; charset=utf-8"
ANY = "any path"  # Of rows whose error may come everywhere.
# What differs from run to run, in an expected body.
PLACEHOLDERS = {"<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", "<key>": "ASIA[A-Z0-9]{16}", "<secret>": r"[^\"\s]+",
                "<hex>": "[0-9a-f]{64}"}
MOST_QUESTIONS = 300


@dataclass
class Row:
    path: str  # As the documentation writes it.
    request: str  # `/target`, or `PUT /target {"body":..}`.
    status: int
    type: Optional[str]
    body: str
    headers: dict = field(default_factory=dict)
    source: Optional[str] = None  # The address of this host that asks.
    repeats: bool = False  # Asked until the status comes; `#` in the target is the number of the question.

    def parts(self):
        """(method, target, body)"""
        return re.fullmatch(r"(?:([A-Z]+) )?(\S+)(?: (.*))?", self.request).groups()

    def documented_body(self):
        return self.body.replace('\\"', '"')


def matches(body, text):
    """Whether `text` is `body`, in which placeholders stand for what they may."""
    parts = re.split("(" + "|".join(PLACEHOLDERS) + ")", body)
    return re.fullmatch("".join(PLACEHOLDERS.get(part) or re.escape(part) for part in parts), text) is not None


def section(title):
    """What stands below that heading of docs/containers.md."""
    behind = re.split(rf"^#+ {re.escape(title)}$", understudy.document("containers.md"), flags=re.MULTILINE)[1]
    return re.split(r"^#+ ", behind, flags=re.MULTILINE)[0]


def tables(title):
    """({path: (the row's paths, its statuses)}, [(status, pattern of a text)])"""
    routes, errors = {}, []
    for line in section(title).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" |")] if line.startswith("| ") else [""]
        if paths := tuple(re.findall(r"`([/<][^`]*)`", cells[0])):
            statuses = {200} if cells[1] else set()
            routes.update(dict.fromkeys(paths, (paths, statuses | {int(each) for each in re.findall(r"\d+", cells[2])})))
        elif cells[0].isdigit():
            texts = [re.escape(text).replace(r"\.\.", ".*") for text in re.findall(r"`([^`]+)`", cells[1])]
            errors.append((int(cells[0]), ".*".join(texts) or r"\A\Z"))
    return routes, errors


class Walk(understudy.TestCase):
    def walk(self, address, rows):
        for row in rows:
            with self.subTest(row.request, headers=row.headers, source=row.source):
                status, text, headers = self._ask(address, row)
                self.assertEqual((status, headers["Content-Type"]), (row.status, row.type), text)
                self.assertTrue(matches(row.body, text), f"expected: {row.body}\nanswered: {text}")

    def hold(self, title, rows, elsewhere=()):
        """`elsewhere`: beginnings of error texts that another test holds."""
        routes, errors = tables(title)
        self.assertTrue(routes and errors)
        rows_of_paths = [row for row in rows if row.path != ANY]
        self.assertEqual({row.path for row in rows_of_paths}, set(routes))
        for paths, statuses in routes.values():
            self.assertEqual({row.status for row in rows_of_paths if row.path in paths}, statuses, paths)
        for row in rows_of_paths:
            if row.status == 200 and row.path.startswith("/"):
                self.assertRegex(row.parts()[1], re.sub(r"<[^>]+>", ".+", row.path.replace("?", r"\?")) + r"/?\Z")
        failed = [row for row in rows if row.status != 200]
        for status, text in errors:
            is_shown = any(row.status == status and re.search(text, row.documented_body(), re.DOTALL) for row in failed)
            self.assertTrue(is_shown or text.startswith(elsewhere), f"no row shows {status} {text}")
        for row in failed:
            is_told = any(row.status == status and re.search(text, row.documented_body(), re.DOTALL) for status, text in errors)
            self.assertTrue(is_told, f"not documented: {row}")

    def _ask(self, address, row):
        method, target, body = row.parts()
        for number in range(MOST_QUESTIONS if row.repeats else 1):
            answer = understudy.request(address, method or "GET", target.replace("#", str(number)), row.headers, body, row.source)
            if answer[0] == row.status:
                break
        return answer
