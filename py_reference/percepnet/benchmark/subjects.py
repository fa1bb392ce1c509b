"""What a benchmark runs: our networks in every backend, and other noise suppressors, each with its stopwatch."""

import threading
from dataclasses import dataclass
from pathlib import Path

from ..laboratory.peers import PEERS

from ..errors import Missing, PercepNetError
from ..model_file import encode_model, random_weights
from .competitors import own_processes
from .packages import PACKAGES
from .peers_timing import LIBRARIES, NodeTimer
from .pinning import keep_off, pin_task
from .timing import BaselineTimer, baseline_name, make_timer
from .worklet_timing import our_timer, package_timer

MOST_IN_BROWSER = 48  # a page of Chromium has room for 124 instances, and those of closed contexts go late
PLACES = {"reference": "reference", "native": "native", "wasm": "node", "browser": "browser"}


@dataclass(frozen=True)
class Key:
    """One thing that is measured. place: where it runs. system: "percepnet-512" or a peer. variant: of our module."""

    place: str
    system: str
    variant: str = ""
    is_ours: bool = False

    @property
    def label(self):
        return f"{self.system}, {self.variant}" if self.variant else self.system


def our_models(widths, densities, paths):
    """{name: bytes} of networks of random weights, some with that share of their blocks, and of model files."""
    models = {}
    for width in widths:
        for density in (1.0, *densities):
            name = f"percepnet-{width}" + (f"-sparse-{round(100 * density)}" if density < 1 else "")
            models[name] = encode_model(random_weights(width, 1, density), {})
    for path in map(Path, paths):
        models[f"{path.stem} (file)" if path.stem in models else path.stem] = path.read_bytes()
    return models


def choose_packages(wanted):
    """(Packages, names of LIBRARIES) for "all", "none", or names and beginnings of names with commas."""
    if wanted == "none":
        return [], []
    words = [""] if wanted == "all" else [word.strip() for word in wanted.split(",") if word.strip()]
    names = [package.name for package in PACKAGES] + list(LIBRARIES)
    unknown = [word for word in words if not any(name.startswith(word) for name in names)]
    if unknown or not words:
        what = f"there is no peer {unknown[0]!r}" if unknown else "no peer is named"
        raise PercepNetError(f"{what}: use all, none or some of {', '.join(names)}")
    begins = tuple(words)
    return [p for p in PACKAGES if p.name.startswith(begins)], [n for n in LIBRARIES if n.startswith(begins)]


def open_ours(backends, models, page, spreads=()):
    """({Key: timer}, {backend: what to build or install}). page: opened where a browser is asked for.

    spreads: render quanta over which the nodes in the browser also spread a frame's work. PercepNetError for more nodes
    than MOST_IN_BROWSER.
    """
    in_browser = sum(backend.startswith("browser") for backend in backends) * len(models) * (1 + len(spreads))
    if in_browser > MOST_IN_BROWSER:
        choice = "choose fewer with --width, --backends, --spread or --density"
        raise PercepNetError(f"{in_browser} networks are more than the {MOST_IN_BROWSER} a page has room for: {choice}")
    timers, missing = {}, {}
    for backend in backends:
        kind, _, variant = backend.partition("-")
        try:
            for name, data in models.items():
                key = Key(PLACES[kind], name, variant, True)
                if kind != "browser":
                    timers[key] = make_timer(backend, data)
                    if kind == "native" and (instructions := baseline_name()):
                        timers[Key("native", name, instructions, True)] = BaselineTimer(data)
                    continue
                timers[key] = our_timer(page(), key.label, data, variant)
                for spread in spreads:
                    key = Key(PLACES[kind], name, f"{variant}, spread {spread}", True)
                    timers[key] = our_timer(page(), key.label, data, variant, spread=spread)
        except Missing as error:
            missing[backend] = str(error)
    return timers, missing


def open_peers(packages, libraries, places, page):
    """The same for other noise suppressors, in those of the places where they run."""
    timers, missing = {}, {}
    advice = {peer.name: peer.advice for peer in PEERS}
    for name in libraries if "native" in places else ():
        make, is_installed = LIBRARIES[name]
        if is_installed():
            timers[Key("native", name)] = make()
        else:
            missing[name] = advice[name].replace("scored", "measured")
    for package in packages if {"node", "browser"} & places else ():
        if not package.is_installed():
            missing[package.name] = package.advice
            continue
        if "node" in places:
            timers[Key("node", package.name)] = NodeTimer(package)
        try:
            if "browser" in places:
                timers[Key("browser", package.name)] = package_timer(page(), package)
        except Missing as error:
            missing["browser"] = str(error)
    return timers, missing


def pin_all(timers, core):
    """Keeps the Node processes of the timers on a core, all else that this program started off it, but for this thread.

    The audio thread is the page's affair.
    """
    pids = {timer.pid for timer in timers.values() if hasattr(timer, "pid")}
    keep_off(core, [process.pid for process in own_processes()], pids | {threading.get_native_id()})
    for pid in pids:
        pin_task(pid, core)
