"""spec/percepnet.toml as a page: every constant with its value, unit and meaning, then options, signals and stages."""

import re

HEADING = re.compile(r"^# --- (.+)$")
KEY = re.compile(r"^(\w+) *= *\{")
INTRODUCTION = """# Every number

Written from [`spec/percepnet.toml`](percepnet.toml), from which `make codegen` also writes the constants
of C, Python and TypeScript. [The pipeline](pipeline.md) explains what they are for.
"""


def page(path):
    """The page in Markdown for a specification file."""
    from codegen import spec

    s = spec.load(path)
    parts = [INTRODUCTION]
    for title, names in groups(path.read_text(), s["constants"]):
        rows = [constant(name, s["constants"][name], s["entries"][name]) for name in names]
        parts += [f"## {title[0].upper()}{title[1:]}\n", table("constant | value | unit | what", rows)]
    rows = [(code(n), values(t["value"]), t["unit"], t["doc"]) for n, t in s["tables"].items()]
    parts += ["## Tables\n", table("table | values | unit | what", rows)]
    rows = [(code(n), f"{f['min']:g} to {f['max']:g}", f"{f['default']:g}", f["doc"]) for n, f in s["config"].items()]
    parts += ["## Options of a stream\n", table("option | range | default | what", rows)]
    rows = [(code(n), f["type"], f["doc"]) for n, f in s["frame_info"].items()]
    parts += ["## What is known of each frame\n", table("field | type | what", rows)]
    rows = [(code(n), f["type"], " x ".join(map(str, f["shape"])), f["doc"]) for n, f in s["signals"].items()]
    parts += ["## Signals\n", table("signal | type | shape | what", rows)]
    rows = [(code(t["name"]), codes(t["in"]), codes(t["out"]), t["source"]) for t in s["stages"]]
    parts += ["## Stages\n", table("stage | reads | writes | source", rows)]
    return "\n".join(parts)


def groups(text, constants):
    """[(heading, names)] of the constants, by the comments that divide them in the file."""
    found = []
    for line in text.splitlines():
        heading, key = HEADING.match(line), KEY.match(line)
        if heading:
            found.append((heading[1], []))
        elif key and key[1] in constants and found:
            found[-1][1].append(key[1])
    return [(title, names) for title, names in found if names]


def constant(name, value, entry):
    """A row; where the file gives an expression, it stands beside its value."""
    shown = f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else repr(value)
    expression = f" = {code(entry['value'])}" if isinstance(entry["value"], str) else ""
    return code(name), shown + expression, entry["unit"], entry["doc"]


def table(head, rows):
    """A table in Markdown; `head` names the columns, divided by bars."""
    columns = [column.strip() for column in head.split("|")]
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(text):
    return f"`{text}`"


def codes(names):
    return ", ".join(map(code, names))


def values(numbers):
    return ", ".join(map(str, numbers))
