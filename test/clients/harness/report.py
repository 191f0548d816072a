"""The lines of a run, its totals, and the table in docs/clients.md."""

BEGIN = "<!-- written by `./dev sdks --write`: begin -->"
END = "<!-- written by `./dev sdks --write`: end -->"


class Report:
    """Counts and prints one line per test as it ends. With `demand` a skipped test is a failed one."""

    def __init__(self, demand=False):
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self._demand = demand

    def add(self, name, outcome, note="", seconds=0.0):
        if outcome == "skipped" and self._demand:
            outcome, note = "failed", f"was demanded: {note}"
        self.counts[outcome] += 1
        word = {"passed": "ok   ", "failed": "FAIL ", "skipped": "skip "}[outcome]
        took = f" ({seconds:.1f} s)" if seconds else ""
        first, *rest = note.splitlines() or [""]
        print(f"{word} {name}{took}{': ' if first else ''}{first}", flush=True)
        for line in rest:
            print(f"        {line}", flush=True)

    def totals(self):
        return ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())


def table(clients, routes, versions, cells):
    """The matrix as Markdown. `versions` maps a client's key to its release (None: it could not be had), `cells` (client key,
    route key) to a Cell. Known limits become footnotes below the table."""
    footnotes = []
    lines = ["| Client | Release | " + " | ".join(route.title for route in routes) + " |",
             "|---|---|" + "---|" * len(routes)]
    for client in clients:
        marks = [_mark(cells[client.key, route.key], footnotes) for route in routes]
        lines.append(f"| {client.title} | {versions[client.key] or '-'} | " + " | ".join(marks) + " |")
    if footnotes:
        lines.append("")
    lines += [f"{number}. {text[0].upper()}{text[1:]}." for number, text in enumerate(footnotes, 1)]
    return "\n".join(lines)


def _mark(cell, footnotes):
    if cell.outcome != "passed":
        return cell.outcome
    if not cell.note:
        return "yes"
    if cell.note not in footnotes:
        footnotes.append(cell.note)
    return f"no ({footnotes.index(cell.note) + 1})"


def replace_between_markers(text, new):
    """`text` with what stands between its two markers replaced; a text without them is a ValueError."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the two markers are missing: {BEGIN} .. {END}")
    return f"{before}{BEGIN}\n{new}\n{END}{after}"
