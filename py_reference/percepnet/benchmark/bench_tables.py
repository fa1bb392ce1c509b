"""The tables of `percepnet bench`, for the terminal and for the web page."""

from dataclasses import dataclass, field

from ..constants import STAGES

PLACES = {
    "browser": "Chromium's AudioWorklet",
    "node": "WebAssembly in Node",
    "native": "Native",
    "reference": "The Python reference",
}
QUANTUM_MS = 1000 * 128 / 48000


@dataclass
class Table:
    """rows: lists of texts, the first of which names the row. note: a line below."""

    title: str
    headings: list
    rows: list = field(default_factory=list)
    note: str = ""


def plain(value):
    """A figure with as many digits as mean something; "" for None."""
    if value is None:
        return ""
    if abs(value) >= 10_000:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percent(share):
    return "" if share is None else f"{100 * share:.0f} %"


def quartile_range(figures):
    return f"{plain(figures['q1'])}-{plain(figures['q3'])}" if figures else ""


def middle(figures):
    return figures["median"] if figures else None


def times(figures):
    """A ratio, quartiles in brackets."""
    return f"x{figures['median']:.2f} ({figures['q1']:.2f}-{figures['q3']:.2f})" if figures else ""


def label(result):
    return f"{result['system']}, {result['variant']}" if result["variant"] else result["system"]


def best_figures(result):
    """Quartiles of microseconds per frame: by the calls of the processor alone, where they were timed."""
    return result["us_in_calls"] or result["us_per_frame"]


def cost(result):
    return best_figures(result)["median"]


def drawn_results(report):
    """For pictures and summaries: without our scalar modules, beside which the others are dots, unless alone."""
    quick = [result for result in report["results"] if result["variant"] != "scalar"]
    return quick if any(result["is_ours"] for result in quick) else report["results"]


def frame_table(report, place):
    """Everything that ran in one place, the fastest first."""
    results = [result for result in report["results"] if result["place"] == place]
    results.sort(key=cost)
    rival = report["fastest_rnnoise"].get(place)
    in_browser = place == "browser"
    headings = ["", "µs", "quartiles", "% of core"]
    headings += ["by calls", "quartiles"] if in_browser else []
    headings += ["x RNNoise"] if rival else []
    natives = native_columns(report, place)
    headings += [f"x {name}" for name in natives.values()]
    headings += ["99.9 % ms", "worst ms"] if place != "reference" else []
    table = Table(f"{PLACES[place]}: microseconds per frame of 10 ms", headings)
    for result in results:
        us, calls = result["us_per_frame"], result["calls"]
        row = [label(result), plain(us["median"]), quartile_range(us), f"{us['median'] / 100:.2f}"]
        if in_browser:
            row += [plain(middle(result["us_in_calls"])), quartile_range(result["us_in_calls"])]
        row += [times(result["times_rnnoise_in_calls" if in_browser else "times_rnnoise"])] if rival else []
        row += [times(result[field]) for field in natives]
        row += [f"{calls[name] / 1000:.2f}" for name in ("p999", "worst")] if calls else []
        table.rows.append(row)
    table.note = frame_note(report, place)
    return table


def native_columns(report, place):
    """{field of a result: what it is a ratio to} for a place where our modules are compared with our native code."""
    native = {one["variant"] for one in report["results"] if one["place"] == "native" and one["is_ours"]}
    if place not in ("node", "browser") or not native:
        return {}
    baseline = "".join(native)
    return {"times_native": "native"} | ({"times_baseline": f"native {baseline}"} if baseline else {})


def frame_note(report, place):
    """What the figures of one place are."""
    effort = f"Medians over {report['rounds']} rounds of {report['frames']} frames; 99.9 % and worst: of single calls."
    if rival := report["fastest_rnnoise"].get(place):
        effort += f" RNNoise: {rival}, its fastest build here."
    if place != "browser":
        return effort
    clock = report["clock"]
    words = (
        f"{effort} Rendering with the node less without; by calls, and the ratios: the processor alone, on the audio"
    )
    words += f" thread. A call must stay below {QUANTUM_MS:.2f} ms."
    return f"{words} {clock_note(clock)}" if clock else words


def clock_note(clock):
    """How single calls in the worklet were timed, and how many renderings others disturbed."""
    words = f"Clock of single calls: steps of {clock['resolution_us']:.0f} µs."
    if not clock["disturbed"]:
        return words
    return (
        f"{words} In {clock['disturbed']} of {clock['stretches']} stretches others held the audio thread's core for"
        f" more than 100 µs, at most {clock['longest_wait_us'] / 1000:.1f} ms in all: the worst calls may be theirs."
    )


def stage_table(report):
    """Stages down; across, where ours ran. Only the network's stage depends on the network: it has a line for each."""
    timed = {}
    for result in report["results"]:
        if result["us_per_stage"]:
            medians = {stage: max(0, figures["median"]) for stage, figures in result["us_per_stage"].items()}
            timed.setdefault((result["place"], result["variant"]), {})[result["system"]] = medians
    systems = list(next(iter(timed.values())))
    headings = ["", *(f"{place} {variant}".strip() for place, variant in timed)]
    table = Table(f"Microseconds per stage; all but nnet with {systems[-1]}", headings)
    for stage in STAGES:
        for system in systems if stage == "nnet" else systems[-1:]:
            name = f"nnet, {system}" if stage == "nnet" else stage
            table.rows.append([name, *(plain(found[system][stage]) for found in timed.values())])
    rest = [sum(found[systems[-1]].values()) - found[systems[-1]]["nnet"] for found in timed.values()]
    table.rows.append(["all but nnet", *map(plain, rest)])
    return table


def instruction_table(report):
    """Stages down, networks across; the remainder is what a frame runs outside the stages."""
    counted = report["instructions"]
    table = Table("Instructions per frame, native, thousands", ["", *counted])
    for stage in STAGES:
        table.rows.append([stage, *(plain(one["stages"].get(stage, 0) / 1000) for one in counted.values())])
    rest = [one["frame"] - sum(one["stages"].values()) for one in counted.values()]
    table.rows.append(["outside the stages", *(plain(value / 1000) for value in rest)])
    table.rows.append(["frame", *(plain(one["frame"] / 1000) for one in counted.values())])
    table.note = "Counted by callgrind, on a processor without AVX-512: the same in every run."
    return table


def roofline_table(report):
    """The int8 product against its multiplier's peak and against the bandwidth of reading."""
    roofline = report["roofline"]
    sizes = [f"{size / 1024:.0f} KiB" for size in roofline["bytes"]]
    headings = ["", *sizes, "peak", "of peak", "GB/s", "of reading"]
    table = Table("The int8 product: multiply-adds a cycle, by bytes of weights; and streamed", headings)
    for row in roofline["rows"]:
        cells = [f"{row['place']}, {row['variant']}", *map(plain, row["products_per_cycle"])]
        peak = f"{plain(row['peak_per_cycle'])} {row['instruction']}" if row["instruction"] else "not known"
        cells += [peak, percent(row["share_of_peak"]), plain(row["streamed_bytes_per_s"] / 1e9)]
        table.rows.append([*cells, percent(row["share_of_read"])])
    read = roofline["rows"][0]["read_bytes_per_s"] / 1e9
    table.note = (
        f"A cycle takes {1e12 / roofline['cycles_per_s']:.0f} ps, by a chain of additions. Reading the same"
        f" {sizes[-1]} alone: {read:.0f} GB/s. Of peak: the faster of the two that fit a cache. Native streams get the"
        f" {roofline['variant']} kernel here."
    )
    return table


def cold_table(report):
    """First visits and second ones."""
    rows = report["cold_starts"]
    steps = list(rows[0]["ms"])
    headings = ["", "visit", *steps, "KB fetched"]
    table = Table("Cold start, milliseconds", headings)
    for row in rows:
        cells = [f"{row['system']}, {row['variant']}", row["visit"], *(f"{row['ms'][step]:.1f}" for step in steps)]
        table.rows.append([*cells, f"{row['transferred'] / 1000:.0f}"])
    table.note = (
        "load: loadPercepNet, everything in it, from this machine's own server; fetch: its share until the last byte."
        " The others are done again on their own; enhancer: instance, model and stream; firstFrame: its first."
        " node: worklet script and node."
    )
    return table


def size_table(report):
    """Modules, and what other packages make a visitor download."""
    table = Table("Bytes to download", ["", "raw", "gzip", "brotli"])
    for name, sizes in (report["modules"] | report["package_sizes"]).items():
        table.rows.append([name, *(f"{sizes[key]:,}" for key in ("bytes", "gzip", "brotli"))])
    table.note = "Modules are ours, without a model; packages with theirs."
    return table


def model_table(report):
    """Models: compressed, and as an exact entropy coder could make them."""
    headings = ["", "raw", "gzip", "brotli", "bits per int8 weight", "range coder", "of brotli"]
    table = Table("Bytes of the models", headings)
    for name, one in report["model_sizes"].items():
        cells = [name, *(f"{one[key]:,}" for key in ("bytes", "gzip", "brotli"))]
        share = percent(one["coded"] / one["brotli"])
        table.rows.append([*cells, f"{one['bits_per_weight']:.2f}", f"{one['coded']:,}", share])
    table.note = "Range coder: every layer with its own histogram, estimated; all other bytes as they are."
    return table


def memory_table(report):
    """Per network: the model file, a stream, and all of a module's memory with one stream."""
    table = Table("Bytes of memory", ["", "model file", "one more stream", "module with model and stream"])
    for name, size in report["models"].items():
        found = [result for result in report["results"] if result["system"] == name and result["is_ours"]]
        cells = [next((f"{r[key]:,}" for r in found if key in r), "") for key in ("state_size", "memory_size")]
        table.rows.append([name, f"{size:,}", *cells])
    return table


SECTIONS = {
    "instructions": instruction_table,
    "roofline": roofline_table,
    "cold_starts": cold_table,
    "modules": size_table,
    "model_sizes": model_table,
    "models": memory_table,
}


def tables(report):
    """Everything to show, in order."""
    for place in PLACES:
        if any(result["place"] == place for result in report["results"]):
            yield frame_table(report, place)
    if any(result["us_per_stage"] for result in report["results"]):
        yield stage_table(report)
    for section, make in SECTIONS.items():
        if report[section]:
            yield make(report)
