"""A reader of Prometheus's text format 0.0.4 that forgives nothing, after its description:
https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/practices/naming/.
"""

import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.+)\})? (?P<value>\S+)")
LABEL = re.compile(r'(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?P<value>(?:[^"\\\n]|\\["\\n])*)"(?:,(?!$)|$)')
NUMBER = re.compile(r"[+-]?Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n"}
ENDINGS = {None: (), "histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


class Malformed(Exception):
    pass


def demand(condition, line):
    if not condition:
        raise Malformed(line)


def read_labels(text, line):
    labels = {}
    while text:
        match = LABEL.match(text)
        demand(match and match["name"] not in labels, line)
        labels[match["name"]] = re.sub(r"\\.", lambda escape: ESCAPES[escape[0]], match["value"])
        text = text[match.end():]
    return labels


def read(text):
    """{name: {frozenset of labels: value}}, with the endings of histograms in the names."""
    demand(text.endswith("\n"), "the last line has no end")
    samples, seen, family, kind, awaits_type = {}, set(), None, None, False
    for line in text.split("\n")[:-1]:
        demand(line == line.strip() and line, line)
        if line.startswith("# HELP "):
            demand(not awaits_type, line)
            family, _, sentence = line[7:].partition(" ")
            demand(NAME.fullmatch(family) and family not in seen and sentence.endswith("."), line)
            seen.add(family)
            awaits_type = True
        elif line.startswith("# TYPE "):
            demand(awaits_type and line[7:].split(" ")[0] == family, line)
            kind = line[7:].split(" ", 1)[1]
            demand(kind in ENDINGS, line)
            demand(family.endswith("_total") == (kind == "counter"), line)
            awaits_type = False
        else:
            match = SAMPLE.fullmatch(line)
            demand(match and not awaits_type and match["name"] in {family + ending for ending in ENDINGS[kind]}, line)
            demand(NUMBER.fullmatch(match["value"]), line)
            value = float(match["value"].replace("Inf", "inf"))
            demand(kind != "counter" or (value >= 0 and value == int(value)), line)
            labels = frozenset(read_labels(match["labels"] or "", line).items())
            of_name = samples.setdefault(match["name"], {})
            demand(labels not in of_name, line)
            of_name[labels] = value
    demand(not awaits_type, family)
    check_histograms(samples)
    return samples


def check_histograms(samples):
    """Buckets go up, the last is +Inf and holds all; each series has its sum and its count."""
    for name in [name for name in samples if name.endswith("_bucket")]:
        stem = name.removesuffix("_bucket")
        series = {}
        for labels, value in samples[name].items():
            end = float(dict(labels)["le"].replace("Inf", "inf"))
            series.setdefault(frozenset(pair for pair in labels if pair[0] != "le"), []).append((end, value))
        demand(set(series) == set(samples[stem + "_sum"]) == set(samples[stem + "_count"]), stem)
        for labels, buckets in series.items():
            buckets.sort()
            counts = [count for _, count in buckets]
            demand(counts == sorted(counts) and buckets[-1] == (math.inf, samples[stem + "_count"][labels]), stem)
