"""The cases of the golden vectors: for every stage, what its inputs are and which fault each case finds."""

from dataclasses import dataclass, field

from ..constants import (
    COMB_PAST,
    HISTORY_SIZE,
    MAX_INPUT,
    NUM_LAGS,
    PITCH_MAX_LAG,
    PITCH_MAX_PERIOD,
    PITCH_MIN_LAG,
    PITCH_MIN_PERIOD,
    WINDOW_SIZE,
)

NOTES = {
    "Pseudorandom": "White noise, which nothing cancels: finds indexing and ordering faults.",
    "Extreme": "The end of a range: the longest or shortest period, the largest amplitude, gains of 0 and 1.",
    "Boundary": "On and just beyond a switch of the algorithm, such as the number of future periods.",
    "Impulse": "One sample or bin: shows which weight belongs where.",
    "Periodic": "A steady pitch, as in a vowel.",
    "Silence": "Nothing but zeros: floors and guards against 0/0.",
    "Denormal": "Inputs below the normal range: must not survive in the state.",
    "NotFinite": "NaN, infinities and absurd amplitudes, which must be repaired and counted.",
    "Recording": "The state that a recording leads to; how far is in the comment.",
    "NearTie": "Two candidates nearly equal: float32 and float64 may differ, integers are not compared.",
}
FIRST_OF_WINDOW, FIRST_OF_NEWEST = COMB_PAST, HISTORY_SIZE - WINDOW_SIZE


@dataclass
class Case:
    """One test: inputs by signal name (paint expressions; the rest is silence), options, comment, flags."""

    comment: str
    flags: list
    inputs: dict
    config: dict = field(default_factory=dict)


def paint(kind, scale=1.0, shift=0.0, **arguments):
    """A paint expression: PAINTS[kind](n, **arguments) * scale + shift, in float32."""
    affine = {"scale": scale} if scale != 1 else {}
    affine |= {"shift": shift} if shift != 0 else {}
    return {"paint": kind, **arguments, **affine}


def noise(seed, scale=1.0, shift=0.0):
    return paint("noise", scale, shift, seed=seed)


def unit(seed, scale=1.0):
    """Noise in 0..scale, as energies and gains are."""
    return noise(seed, scale / 2, scale / 2)


def level(value):
    """A constant."""
    return paint("silence", shift=value)


def values(*numbers):
    return {"values": list(numbers)}


def common(signal, **others):
    """What every stage that reads a waveform or a spectrum must stand."""
    loudest = paint("full_scale", MAX_INPUT)
    return [
        Case("white noise", ["Pseudorandom"], {signal: noise(1), **others}),
        Case("largest amplitude, alternating", ["Extreme"], {signal: loudest, **others}),
        Case("silence", ["Silence"], dict(others)),
        Case("denormals", ["Denormal"], {signal: paint("denormal"), **others}),
    ]


MEANS = {"mean_energy": level(0.5), "mean_noise": level(0.25)}

# fmt: off
HIGH_PASS = [
    *common("input", history=noise(2), dry=noise(3), high_pass_memory=values(0.25, -0.125)),
    Case("not finite", ["NotFinite"], {"input": paint("not_finite")}),
    Case("the tail dies away", ["Denormal"], {"high_pass_memory": values(3e-15, -2e-15)}),
    Case("memory below the threshold", ["Denormal"], {"high_pass_memory": values(1e-18, -1e-18)}),
]
ANALYSIS = [
    *common("history", Y=noise(2)),
    Case("impulse at the window's maximum", ["Impulse"],
         {"history": paint("impulse", at=FIRST_OF_NEWEST + 480)}),
    Case("impulse just before the window", ["Impulse"],
         {"history": paint("impulse", at=FIRST_OF_NEWEST - 1)}),
]
BAND_ENERGY = [
    *common("Y", Ey=unit(2)),
    Case("impulse at bin 399", ["Impulse"], {"Y": paint("impulse", at=2 * 962 + 399)}),
]
LPC_RESIDUAL = [
    *common("history", residual=noise(2)),
    Case("vowel of 218 Hz", ["Periodic"], {"history": paint("vowel", period=220)}),
    Case("pulses of 160 Hz", ["Periodic"], {"history": paint("pulse_train", period=300)}),
    Case("noise near the energy floor", ["Boundary"], {"history": noise(5, 2.0**-18)}),
]
PITCH_CORRELATION = [
    *common("residual", half_correlation=noise(2), half_energy=unit(3), half_power=values(0.5),
            mean_power=values(0.25)),
    *(
        Case(f"pulses every {lag} samples", ["Extreme", "Periodic"],
             {"residual": paint("pulse_train", period=lag)})
        for lag in (PITCH_MIN_LAG, PITCH_MIN_LAG + 1, 2 * PITCH_MIN_LAG + 1, PITCH_MAX_LAG - 1, PITCH_MAX_LAG)
    ),
    Case("noise near the correlation floor", ["Boundary"], {"residual": noise(5, 2.0**-20)}),
]
POINTERS = paint("ramp", modulus=NUM_LAGS)
PITCH_PATH = [
    Case("white noise", ["Pseudorandom"], {"xc": noise(1), "path_weight": values(1.5),
                                           "path_score": noise(2, 0.5, -0.5), "path_from": POINTERS}),
    Case("all lags alike", ["Silence"], {"path_weight": values(0.1), "path_from": POINTERS}),
    *(
        Case(f"one lag stands out: {lag}", ["Extreme", "Impulse"],
             {"xc": paint("impulse", at=lag), "path_weight": values(2.0), "path_score": level(-0.25),
              "path_from": POINTERS})
        for lag in (0, 1, NUM_LAGS // 2, NUM_LAGS - 2, NUM_LAGS - 1)
    ),
    Case("a jump is cheaper than any step", ["Boundary"], {"xc": noise(3), "path_weight": values(2.0),
         "path_score": paint("impulse", 8.0, -8.0, at=40), "path_from": POINTERS}),
]
PITCH_REFINE = [
    Case("white noise, shortest period", ["Pseudorandom", "Extreme"],
         {"history": noise(1), "lag": values(0)}),
    Case("white noise, longest period", ["Pseudorandom", "Extreme"],
         {"history": noise(1), "lag": values(NUM_LAGS - 1)}),
    Case("pulses of 400 samples, one lag off", ["Periodic"], {"history": paint("pulse_train", period=400),
                                                              "lag": values(100)}),
    Case("vowel of 218 Hz", ["Periodic"], {"history": paint("vowel", period=220), "lag": values(41)}),
    Case("silence: the first candidate wins", ["Silence"], {"lag": values(64)}),
    Case("denormals", ["Denormal"], {"history": paint("denormal"), "lag": values(64)}),
]
PERIODS = [PITCH_MIN_PERIOD, PITCH_MIN_PERIOD + 1, 320, 321, 480, 481, PITCH_MAX_PERIOD - 1, PITCH_MAX_PERIOD]
COMB_FILTER = [
    *(
        Case(f"white noise, period {T}", ["Extreme" if T < 100 or T > 800 else "Boundary", "Pseudorandom"],
             {"history": noise(T), "period": values(T)})
        for T in PERIODS
    ),
    Case("impulse at the window's start", ["Impulse"], {"history": paint("impulse", at=FIRST_OF_WINDOW),
                                                        "period": values(150)}),
    Case("vowel at its period", ["Periodic"], {"history": paint("vowel", period=220), "period": values(220)}),
    Case("denormals", ["Denormal"], {"history": paint("denormal"), "period": values(100)}),
]
COMB_SPECTRUM = [*common("p"), Case("impulse", ["Impulse"], {"p": paint("impulse", at=100)})]
COHERENCE = [
    *common("Y", Ey=unit(2), P=noise(3)),
    Case("perfectly periodic: P is Y", ["Extreme"], {"Y": noise(4), "P": noise(4), "Ey": level(1.0)}),
    Case("P is silent", ["Silence"], {"Y": noise(4), "Ey": unit(5)}),
]
FEATURES = [
    Case("white noise", ["Pseudorandom"],
         {"Ey": unit(1), "q": noise(2), "period": values(217), "correlation": values(0.75)}),
    Case("shortest period, correlation 1, loud", ["Extreme"],
         {"Ey": unit(3, MAX_INPUT**2), "q": level(1.5), "period": values(PITCH_MIN_PERIOD),
          "correlation": values(1.0)}),
    Case("longest period, correlation 0", ["Extreme"],
         {"Ey": unit(4, 2.0**-30), "q": level(-1.0), "period": values(PITCH_MAX_PERIOD)}),
    Case("silence", ["Silence"], {"period": values(PITCH_MIN_PERIOD)}),
    Case("one band stands out: the next fall by 15 dB each, none below 70 dB", ["Impulse"],
         {"Ey": paint("impulse", at=2 * 34 + 3), "period": values(192)}),
]
NNET = [
    Case("white noise, fresh memory", ["Pseudorandom"], {"features": noise(1)}),
    Case("white noise, used memory", ["Pseudorandom"], {"features": noise(2), "nnet_memory": noise(3)}),
    Case("features of 100: every tanh at its end", ["Extreme"],
         {"features": paint("full_scale", 100.0), "nnet_memory": paint("full_scale")}),
    Case("silence", ["Silence"], {}),
]
PRESENCE = [
    Case("white noise", ["Pseudorandom"], {"Ey": unit(1), "g": unit(2)}),
    Case("g = 0", ["Extreme"], {"Ey": unit(1)}),
    Case("g = 1", ["Extreme"], {"Ey": unit(1), "g": level(1.0)}),
    Case("silence", ["Silence"], {"g": unit(2)}),
    Case("just too faint for a voice", ["Boundary"], {"Ey": level(2.0**-35), "g": level(1.0)}),
    Case("just loud enough", ["Boundary"], {"Ey": level(2.0**-34), "g": level(1.0)}),
]
TRANSPARENCY = [
    Case("the first frame", ["Boundary"], {"Ey": unit(1), "g": unit(2), "r": unit(3)}),
    Case("noise: nothing opens", ["Pseudorandom"],
         {"Ey": unit(1), "g": unit(2), "r": unit(3), "frames_heard": values(100.0), **MEANS}),
    Case("from open to closed over the bands", ["Pseudorandom"],
         {"Ey": unit(1, 2.0**-10), "g": unit(2), "r": unit(3), "frames_heard": values(400.0),
          "mean_energy": level(1.0), "mean_noise": paint("ramp", 2.0**-13, 2.0**-20, modulus=34)}),
    Case("bands without noise: open", ["Extreme"],
         {"Ey": unit(1), "g": unit(2), "r": unit(3), "frames_heard": values(399.0), "mean_energy": level(1.0)}),
    Case("g = 0", ["Extreme"], {"Ey": unit(1), "r": level(1.0), "frames_heard": values(400.0), **MEANS}),
    Case("g = 1", ["Extreme"], {"Ey": unit(1), "g": level(1.0), "r": level(1.0)}),
    Case("silence", ["Silence"], {"g": unit(2), "r": unit(3)}),
]
PITCH_FILTER = [
    *common("Y", P=noise(2), r=unit(3)),
    Case("r = 0", ["Extreme"], {"Y": noise(4), "P": noise(5)}),
    Case("r = 1", ["Extreme"], {"Y": noise(4), "P": noise(5), "r": level(1.0)}),
    Case("r = 1 in one band", ["Impulse"], {"Y": noise(4), "P": noise(5), "r": paint("impulse", at=20)}),
]
POSTFILTER = [
    *(
        Case(f"white noise, strength {s:g}", ["Pseudorandom"], {"Ey": unit(1), "g": unit(2)},
             {"postfilter": s})
        for s in (0.0, 0.5, 1.0)
    ),
    Case("white noise, at most 12 dB", ["Boundary"], {"Ey": unit(1), "g": unit(2)},
         {"max_attenuation_db": 12.0}),
    Case("at most 0 dB", ["Extreme"], {"Ey": unit(1), "g": unit(2)}, {"max_attenuation_db": 0.0}),
    Case("g = 0", ["Extreme"], {"Ey": unit(1)}),
    Case("g = 1", ["Extreme"], {"Ey": unit(1), "g": level(1.0)}),
    Case("small gains: E0 / E1 beyond the largest make-up", ["Boundary"],
         {"Ey": unit(1), "g": unit(2, 0.125)}, {"postfilter": 1.0}),
    Case("no energy", ["Silence"], {"g": unit(2)}),
]
RESTORATION = [
    *common("Z", Ey=unit(2, 2.0**-8), g_hat=unit(3)),
    Case("nothing left to scale up: the factor is limited", ["Boundary"],
         {"Z": noise(4, 2.0**-12), "Ey": unit(5), "g_hat": level(1.0)}),
    Case("g = 0", ["Extreme"], {"Z": noise(4), "Ey": unit(5)}),
]
SYNTHESIS = [
    *common("X", overlap=noise(2)),
    Case("impulse at bin 0", ["Impulse"], {"X": paint("impulse", at=0)}),
    Case("impulse at the last bin", ["Impulse"], {"X": paint("impulse", at=480)}),
    Case("around the threshold below which samples become 0", ["Boundary"],
         {"X": noise(3, 2.0**-55), "overlap": noise(4, 2.0**-49)}),
]
BYPASS = [
    Case(f"from {start:g} to {end:g}", ["Pseudorandom"],
         {"wet": noise(1), "dry": noise(2), "bypass_mix": values(start)}, {"bypass": end})
    for start, end in ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.5, 0.5), (0.25, 0.75))
]
PAINTED = {
    "high_pass": HIGH_PASS, "analysis": ANALYSIS, "band_energy": BAND_ENERGY, "lpc_residual": LPC_RESIDUAL,
    "pitch_correlation": PITCH_CORRELATION, "pitch_path": PITCH_PATH, "pitch_refine": PITCH_REFINE,
    "comb_filter": COMB_FILTER, "comb_spectrum": COMB_SPECTRUM, "coherence": COHERENCE, "features": FEATURES,
    "nnet": NNET, "presence": PRESENCE, "transparency": TRANSPARENCY, "pitch_filter": PITCH_FILTER,
    "postfilter": POSTFILTER, "restoration": RESTORATION, "synthesis": SYNTHESIS, "bypass": BYPASS,
}
# fmt: on
RECORDINGS = {  # file in tests/audio: frames after which the state is taken
    "noisy_speech.wav": 120,
    "music.flac": 60,
    "clipping_and_silence.flac": 101,
}
