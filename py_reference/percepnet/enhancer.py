"""The whole pipeline, frame by frame: the twin of core_c/src/percepnet.c."""

from types import SimpleNamespace

import numpy as np

from .analysis import analysis, comb_spectrum
from .bypass import bypass
from .comb_filter import comb_filter
from .constants import CONFIG, FRAME_SIZE, LATENCY, LOG2_PER_DB, PITCH_MIN_PERIOD, SIGNALS
from .errors import BadOption
from .erb_bands import band_energy, coherence
from .features import features
from .high_pass import high_pass
from .lpc_residual import lpc_residual
from .nnet import Network, nnet
from .pitch_correlation import pitch_correlation
from .pitch_filter import pitch_filter
from .pitch_path import pitch_path
from .pitch_refine import pitch_refine
from .postfilter import postfilter
from .presence import presence
from .restoration import restoration
from .samples import as_frame, as_samples, pad
from .synthesis import synthesis
from .transparency import transparency
from .vec_math import vec_exp2

# The table of contents: every stage in order. `e` is an Enhancer; its signals `e.s` are all a stage reads and writes.
PIPELINE = {
    "high_pass": lambda e: high_pass(e.s),
    "analysis": lambda e: analysis(e.s),
    "band_energy": lambda e: band_energy(e.s),
    "lpc_residual": lambda e: lpc_residual(e.s),
    "pitch_correlation": lambda e: pitch_correlation(e.s),
    "pitch_path": lambda e: pitch_path(e.s),
    "pitch_refine": lambda e: pitch_refine(e.s),
    "comb_filter": lambda e: comb_filter(e.s),
    "comb_spectrum": lambda e: comb_spectrum(e.s),
    "coherence": lambda e: coherence(e.s),
    "features": lambda e: features(e.s),
    "nnet": lambda e: nnet(e.s, e.network),
    "presence": lambda e: presence(e.s),
    "transparency": lambda e: transparency(e.s),
    "pitch_filter": lambda e: pitch_filter(e.s),
    "postfilter": lambda e: postfilter(e.s, e.postfilter, e.min_gain),
    "restoration": lambda e: restoration(e.s),
    "synthesis": lambda e: synthesis(e.s),
    "bypass": lambda e: bypass(e.s, e.bypass),
}


class Enhancer:
    """One mono stream at 48 kHz.

    model: a Model (percepnet.read_model). dtype: np.float32 gives the bits of the C core; np.float64 is for study.
    Options as in PercepNetConfig: max_attenuation_db 0..100 (100 = no limit), postfilter 0..1, bypass 0..1.
    """

    def __init__(self, model, dtype=np.float32, **config):
        self.dtype = np.dtype(dtype)
        self.network = Network(model, self.dtype) if model is not None else None
        self.config = {name: field["default"] for name, field in CONFIG.items()}
        self.set_config(**config)
        self.reset()

    def set_config(self, **config):
        """Changes options between frames. Raises BadOption for an unknown one or one out of its range."""
        for name, value in config.items():
            if name not in CONFIG:
                raise BadOption(f"unknown option {name!r}; there are {', '.join(CONFIG)}")
            if not CONFIG[name]["min"] <= value <= CONFIG[name]["max"]:
                raise BadOption(f"{name} must be {CONFIG[name]['min']:g}..{CONFIG[name]['max']:g}, not {value!r}")
        self.config |= {name: float(value) for name, value in config.items()}
        self.postfilter = self.dtype.type(self.config["postfilter"])
        self.bypass = self.dtype.type(self.config["bypass"])
        limit = self.dtype.type(self.config["max_attenuation_db"])
        unlimited = limit >= CONFIG["max_attenuation_db"]["max"]
        self.min_gain = self.dtype.type(0) if unlimited else vec_exp2(-limit * self.dtype.type(LOG2_PER_DB))

    def reset(self):
        """Forgets the past; the options stay."""
        kinds = {"f32": self.dtype, "f64": np.float64, "i32": np.int32}
        self.s = SimpleNamespace(**{name: np.zeros(f["shape"], kinds[f["type"]]) for name, f in SIGNALS.items()})
        self.s.period[0] = PITCH_MIN_PERIOD
        self.s.bypass_mix[0] = self.bypass
        self.s.nnet_memory = np.zeros(sum(self.network.memory_sizes) if self.network else 0, self.dtype)

    def run_stage(self, name):
        """Runs one stage of PIPELINE on the signals as they are."""
        PIPELINE[name](self)

    def signal(self, name):
        """A writable view of a signal, flat."""
        return getattr(self.s, name).ravel()

    def set_signal(self, name, values):
        """Replaces the values of a signal; a scalar fills it."""
        self.signal(name)[:] = np.ravel(values)

    def process_frame(self, frame):
        """Enhances FRAME_SIZE samples in +-1. Returns (the enhanced frame now due, probability of voice 0..1)."""
        self.s.input[:] = as_frame(frame, self.dtype)
        for stage in PIPELINE.values():
            stage(self)
        return self.s.output.copy(), float(self.s.voice[0])

    def enhance(self, samples, progress=None):
        """A whole signal: (n,) in +-1 -> (n,), delay removed. progress(frames done, frames in all) if given."""
        padded = pad(as_samples(samples, self.dtype))
        self.reset()
        out = np.empty_like(padded)
        for at in range(0, padded.size, FRAME_SIZE):
            out[at : at + FRAME_SIZE], _ = self.process_frame(padded[at : at + FRAME_SIZE])
            if progress:
                progress(at // FRAME_SIZE + 1, padded.size // FRAME_SIZE)
        return out[LATENCY : LATENCY + len(samples)]
