"""What a model file and its model card say about where the model comes from."""

import subprocess
from pathlib import Path

from percepnet.model_file import Model

from .augment import RUMBLE_HZ
from .checkpoint import saved_config
from .corpus import Corpus

LICENCE_NOTE = """\
Most of the speech is under the GPL or CC-BY-SA: whoever passes the model on should name these sources and
check what those licences ask of a model trained on such recordings. `--no-gpl` trains without GPL voices."""
LIMITS = """\
One voice is what it keeps: music, singing and other talkers count as noise (or, where they resemble the
near voice, as speech). Trained on short clips that volunteers read, mostly words, three quarters of them high
voices; hardly any conversation. Expect less below 0 dB SNR, in rooms with T60 above 1 s, and of voices far
from the microphone. It is a first, small model: the table says how far it is from ideal gains."""


def data_summary(data: list[Path], no_gpl: bool) -> dict:
    """Recordings of the train split: counts, hours of speech by licence, and the sources to credit."""
    corpus = Corpus(data, "train", no_gpl=no_gpl)
    rows = corpus.rows
    return {
        "speakers": len(corpus.speakers),
        "noises": len(corpus.noises),
        "rooms": len(corpus.rooms),
        "languages": len({row["language"] for row in rows if row["kind"] == "speech"}),
        "speech_hours_by_licence": _hours(rows, "speech"),
        "noise_hours_by_licence": _hours(rows, "noise"),
        "rir_licences": sorted({row["licence"] for row in rows if row["kind"] == "rir"}),
        "sources": sorted({row["source"] for row in rows}),
    }


def training_card(saved: dict, data: dict, hours: float, note: str) -> dict:
    """The card inside the model file. hours: of mixtures on disk; note: what was unusual about the run."""
    config, done = saved_config(saved), saved["done"]
    return {
        "name": f"percepnet-{config.width}",
        "steps": done["step"],
        "quantised_steps": done["quantised_steps"],
        "seed": config.seed,
        "batch_sequences": config.stages[-1].batch,
        "sequence_frames": config.stages[-1].frames,
        "losses": sorted({stage.loss for stage in config.stages}),
        "mixture_hours": round(hours, 1),
        "hours_seen": round(done["frames"] / 360000, 1),
        "training_minutes": round(done["seconds"] / 60, 1),
        "commit": _commit(),
        "data": data,
        "note": note,
    }


def markdown_card(model: Model, size: int, scores: str) -> str:
    """The model card, from the card inside the model file and the table of scores."""
    card, data = model.card, model.card["data"]
    speech, noise = (_hours_text(data[f"{kind}_hours_by_licence"]) for kind in ("speech", "noise"))
    return f"""# {model.name}

Suppresses noise and some reverberation in 48 kHz speech; {size / 1024:.0f} KiB, int8 weights.

## Results

Speakers, noises and rooms that training never heard, mixed afresh (`percepnet evaluate --data FOLDER`); SNR is the
active speech level over the mean noise level. Scored against the clean speech above {RUMBLE_HZ:g} Hz, PESQ and
ESTOI at 16 kHz, SI-SDR in dB.

{scores}
## Training

{card["steps"]} steps (the last {card["quantised_steps"]} with the core's 8-bit arithmetic) of
{card["batch_sequences"]} sequences of {card["sequence_frames"] / 100:g} s, {card["training_minutes"]:g}
minutes on one shared CPU core, seed {card["seed"]}, commit {card["commit"]}: {card["hours_seen"]:g} h seen,
from {card["mixture_hours"]:g} h of mixtures at -5 to 45 dB (some noise alone, some speech alone; a third in
rooms). {_losses_text(card)} {card["note"]}

## Data

{data["speakers"]} speakers, {data["languages"]} languages, {data["noises"]} noises, {data["rooms"]} rooms,
all published in these repositories: {", ".join(data["sources"])}.

| | hours by licence |
|---|---|
| speech | {speech} |
| noise | {noise} |
| room responses | {", ".join(data["rir_licences"])} |

{LICENCE_NOTE}

## Intended use and limits

Voice calls and recordings of one near talker, on a CPU, in real time (30 ms delay).
{LIMITS}
"""


def _losses_text(card: dict) -> str:
    known = {"feature": "on band gains and comb strengths", "end_to_end": "on the enhanced signal, end to end"}
    return f"Losses {' and '.join(known[loss] for loss in reversed(card.get('losses', ['feature'])))}."


def _hours(rows: list[dict], kind: str) -> dict[str, float]:
    hours: dict[str, float] = {}
    for row in rows:
        if row["kind"] == kind:
            hours[row["licence"]] = hours.get(row["licence"], 0.0) + float(row["seconds"]) / 3600
    return {licence: round(value, 2) for licence, value in sorted(hours.items(), key=lambda item: -item[1])}


def _hours_text(hours: dict[str, float]) -> str:
    return ", ".join(f"{licence} {value:.2f} h" for licence, value in hours.items())


def _commit() -> str:
    result = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"
