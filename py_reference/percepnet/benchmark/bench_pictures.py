"""Pictures of what `percepnet bench` measured: people would rather look than read."""

import numpy as np

from ..web_page import figure_url
from .bench_tables import PLACES, QUANTUM_MS, best_figures, cost, drawn_results, label

DPI = 110
OURS, OTHERS, LIMIT = "tab:blue", "tab:gray", "tab:red"
BAR_INCHES = 0.28
LEGEND_ROWS = 12  # bars as high as the legend of all stages


def new_axes(rows, title, width=10):
    """Axes with room for that many horizontal bars."""
    from matplotlib.figure import Figure

    axes = Figure((width, 1.2 + BAR_INCHES * rows), layout="constrained").subplots()
    axes.set_title(title, loc="left")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    return axes


def cost_picture(report, place):
    """A bar per system, with quartiles: microseconds per frame."""
    results = [result for result in drawn_results(report) if result["place"] == place]
    results.sort(key=cost, reverse=True)
    axes = new_axes(len(results), f"{PLACES[place]}: microseconds per frame of 10 ms")
    figures = [best_figures(result) for result in results]
    medians, low, high = (np.array([one[part] for one in figures]) for part in ("median", "q1", "q3"))
    colours = [OURS if result["is_ours"] else OTHERS for result in results]
    spread = np.maximum(0, [medians - low, high - medians])
    axes.barh([label(result) for result in results], medians, xerr=spread, color=colours, error_kw={"elinewidth": 1})
    for row, value in enumerate(medians):
        axes.annotate(f" {value:.0f}", (high[row], row), va="center", fontsize="small")
    axes.set_xlabel("µs; blue: ours, without the scalar modules; lines: quartiles of the rounds")
    axes.margins(x=0.1, y=0.01)
    return axes


def call_picture(report):
    """99.9th percentile and maximum of single calls in the worklet, beside the length of a render quantum."""
    results = [result for result in drawn_results(report) if result["place"] == "browser" and result["calls"]]
    results.sort(key=lambda result: -result["calls"]["p999"])
    axes = new_axes(len(results), "Longest calls on the audio thread")
    rows = range(len(results))
    tails, worst = ([result["calls"][name] / 1000 for result in results] for name in ("p999", "worst"))
    axes.barh(rows, tails, color=[OURS if result["is_ours"] else OTHERS for result in results])
    axes.plot(worst, rows, "k|", markersize=9, label="worst")
    axes.axvline(QUANTUM_MS, color=LIMIT, linestyle="--", label=f"a render quantum, {QUANTUM_MS:.2f} ms")
    axes.set_yticks(rows, [label(result) for result in results])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_xlabel("ms; bars: 99.9th percentile")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    return axes


def stage_picture(report):
    """Where the time of ours goes: the stages side by side in a bar."""
    results = [r for r in drawn_results(report) if r["us_per_stage"] and r["place"] != "reference"]
    axes = new_axes(max(len(results) + 3, LEGEND_ROWS), "Microseconds by stage")
    left = np.zeros(len(results))
    names = [f"{result['place']}: {label(result)}" for result in results]
    stages = sorted(results[0]["us_per_stage"], key=lambda s: -results[0]["us_per_stage"][s]["median"])
    colours = iter(colour_list(len(stages)))
    for stage in stages:
        widths = np.array([max(0, result["us_per_stage"][stage]["median"]) for result in results])
        axes.barh(names, widths, left=left, color=next(colours), label=stage)
        left += widths
    axes.invert_yaxis()
    axes.set_xlabel("µs")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    return axes


def colour_list(count):
    """Colours that neighbours in a bar can be told apart by."""
    from matplotlib import colormaps

    return [colormaps["tab20"](index % 20) for index in range(count)]


def roofline_picture(report):
    """Shares of the peak in cache, and of the bandwidth when streamed."""
    rows = report["roofline"]["rows"]
    axes = new_axes(2 * len(rows) + 2, "The int8 product: share of what the machine can do")
    names = [f"{row['place']}, {row['variant']}" for row in rows]
    at = np.arange(len(rows))
    axes.barh(at - 0.2, [100 * (row["share_of_peak"] or 0) for row in rows], 0.38, label="of the peak, in cache")
    axes.barh(at + 0.2, [100 * row["share_of_read"] for row in rows], 0.38, label="of reading, streamed")
    axes.set_yticks(at, names)
    axes.invert_yaxis()
    axes.set_xlim(0, 105)
    axes.set_xlabel("%")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    return axes


def cold_picture(report):
    """The parts of a start after the bytes are there, one bar per visit."""
    rows = report["cold_starts"]
    axes = new_axes(len(rows) + 2, "Start: milliseconds until the library is loaded and the node is made")
    names = [f"{row['system']}, {row['variant']}, {row['visit']}" for row in rows]
    load, node, fetch = ([row["ms"][step] for row in rows] for step in ("load", "node", "fetch"))
    axes.barh(names, fetch, label="fetch")
    axes.barh(names, np.maximum(0, np.array(load) - fetch), left=fetch, label="check, compile, try the model")
    axes.barh(names, node, left=np.maximum(load, fetch), label="node")
    axes.invert_yaxis()
    axes.set_xlabel("ms")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    return axes


def pictures(report):
    """[(what it shows, data: URL)] of everything there is to draw."""
    results = drawn_results(report)
    places = [place for place in PLACES if any(result["place"] == place for result in results)]
    drawn = [cost_picture(report, place) for place in places if place != "reference"]
    if any(result["place"] == "browser" and result["calls"] for result in results):
        drawn.append(call_picture(report))
    if any(r["us_per_stage"] and r["place"] != "reference" for r in results):
        drawn.append(stage_picture(report))
    if report["roofline"]:
        drawn.append(roofline_picture(report))
    if report["cold_starts"]:
        drawn.append(cold_picture(report))
    return [(axes.get_title(loc="left"), figure_url(axes.figure, DPI)) for axes in drawn]
