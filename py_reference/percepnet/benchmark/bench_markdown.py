"""What `percepnet bench` measured as a few lines of Markdown: the machine, our widths, the others."""

from ..audio_io import atomic
from .bench_tables import PLACES, cost, drawn_results, plain

MACHINE = ("processor", "system", "native compiler", "wasm compiler", "relaxed compiler", "node", "browser")
NAMES = {
    "browser": "WebAssembly {}, Chromium's AudioWorklet",
    "node": "WebAssembly {}, Node",
    "native": "native C ({})",
    "reference": "Python reference, float32",
}


def markdown_table(headings, rows):
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def row_name(result):
    """What ran, of ours. Native code is named by its int8 product."""
    return NAMES[result["place"]].format(result.get("kernel") or result["variant"])


def our_rows(results, systems):
    """A row for each place and variant: microseconds by system; below them the longest calls in the worklet."""
    ours, tails = {}, {}
    for result in results:
        ours.setdefault(row_name(result), {})[result["system"]] = plain(cost(result))
        if result["place"] == "browser":
            calls = f"{result['calls']['p999'] / 1000:.2f}"
            tails.setdefault(f"99.9 % of its calls, ms: {row_name(result)}", {})[result["system"]] = calls
    return [[name, *(found.get(system, "") for system in systems)] for name, found in (ours | tails).items()]


def memory_row(results, systems):
    found = {result["system"]: result["memory_size"] for result in results if "memory_size" in result}
    cells = [plain(found[system] / 1e6) if system in found else "" for system in systems]
    return [["memory of the module with model and one stream, MB", *cells]] if found else []


def peers_table(results, places):
    """Other noise suppressors: microseconds by place."""
    found = {}
    for result in results:
        found.setdefault(result["system"], {})[result["place"]] = plain(cost(result))
    rows = [[name, *(figures.get(place, "") for place in places)] for name, figures in found.items()]
    return markdown_table(["others, in the same rounds", *(PLACES[place] for place in places)], rows)


def about(report):
    """What was measured, where."""
    machine = "; ".join(report["machine"][what] for what in MACHINE if what in report["machine"])
    words = (
        f"`percepnet bench` on {machine}. Medians of {report['rounds']} rounds in turns, microseconds per frame of 10"
        " ms (100 are 1 % of a core); in the AudioWorklet those of the processor's calls."
    )
    return f"{words} But {report['busy']}." if report["busy"] else words


def markdown(report):
    """The text. report: what bench.bench gives."""
    results = sorted(drawn_results(report), key=lambda result: list(PLACES).index(result["place"]))
    ours = [result for result in results if result["is_ours"]]
    others = [result for result in results if not result["is_ours"]]
    systems, places = list(report["models"]), list(dict.fromkeys(result["place"] for result in others))
    rows = our_rows(ours, systems) + memory_row(ours, systems)
    parts = [about(report), markdown_table(["", *systems], rows)]
    return "\n\n".join(parts + ([peers_table(others, places)] if others else [])) + "\n"


def write_markdown(path, report):
    """Writes the text, whole or not at all."""
    with atomic(path) as part:
        part.write_text(markdown(report), encoding="utf-8")
