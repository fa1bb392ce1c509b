"""What `percepnet bench` prints."""

from rich import box
from rich.table import Table

from ..constants import STAGES


def new_table(title, *headings):
    """A table whose first column is text and whose others are numbers."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(str(heading), justify="right" if number else "left", no_wrap=True)
    return table


def plain(value):
    """A figure of microseconds with as many digits as mean something."""
    if value >= 10_000:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def unique(results, key):
    return list(dict.fromkeys(result[key] for result in results))


def machine_table(report):
    table = Table(box=None, show_header=False)
    for what, name in report["machine"].items():
        table.add_row(what, name)
    return table


def frame_table(report):
    """Backends down, widths across: median and how often it holds native's; quartiles."""
    results = report["results"]
    widths = unique(results, "width")
    title = f"Microseconds per 10 ms frame: median, times native; quartiles ({report['rounds']} rounds)"
    table = new_table(title, "", *(f"width {width}" for width in widths))
    cells = {(result["backend"], result["width"]): result for result in results}
    for backend in unique(results, "backend"):
        table.add_row(backend, *(frame_cell(cells[backend, width]) for width in widths))
    return table


def frame_cell(result):
    us = result["us_per_frame"]
    ratio = f"  x{plain(result['times_native'])}" if "times_native" in result else ""
    return f"{plain(us['median'])}{ratio}\n[dim]{plain(us['q1'])}-{plain(us['q3'])}[/dim]"


def stage_table(report):
    """Stages down, backends across. Only the network depends on the width: it has a line for each."""
    results = [result for result in report["results"] if "us_per_stage" in result]
    backends, widths = unique(results, "backend"), unique(results, "width")
    cells = {(result["backend"], result["width"]): result["us_per_stage"] for result in results}
    table = new_table("Microseconds per stage: median", "", *(name.replace("-", "\n") for name in backends))

    def add(label, stage, width):
        table.add_row(label, *(plain(max(0, cells[backend, width][stage]["median"])) for backend in backends))

    for stage in STAGES:
        if stage != "nnet":
            add(stage, stage, widths[-1])
            continue
        for width in widths:
            add(f"nnet, width {width}", stage, width)
    return table


def size_table(report):
    table = new_table("Bytes of the modules", "", "raw", "gzip", "brotli")
    for variant, sizes in report["modules"].items():
        table.add_row(variant, *(f"{sizes[key]:,}" for key in ("bytes", "gzip", "brotli")))
    return table


def memory_table(report):
    """Per width: the model file, a stream, and all of a module's memory with one stream."""
    table = new_table("Bytes of memory", "", "model file", "one more stream", "module with model and stream")
    for width, model in report["models"].items():
        found = [result for result in report["results"] if str(result["width"]) == str(width)]
        states = [r["state_size"] for r in found if r["backend"].startswith("wasm")]
        memories = [r["memory_size"] for r in found if "memory_size" in r]
        state = f"{states[0]:,}" if states else ""
        table.add_row(f"width {width}", f"{model:,}", state, f"{max(memories):,}" if memories else "")
    return table


def tables(report):
    """Everything to print, in order."""
    yield machine_table(report)
    if report["results"]:
        yield frame_table(report)
    if any("us_per_stage" in result for result in report["results"]):
        yield stage_table(report)
    if report["modules"]:
        yield size_table(report)
    yield memory_table(report)
