"""What a model file and its model card say about where the model comes from."""

import subprocess
from pathlib import Path

import numpy as np

from ..audio_io import atomic
from ..building.environment import ROOT
from ..model_file import Model, read_model

from .augment import RUMBLE_HZ
from .check import clip_seconds
from .checkpoint import saved_config
from .corpus import Corpus
from .layouts import PLAIN
from .splits import is_synthetic

HIGH_VOICE_HZ = 165
COPYLEFT = ("GPL", "-SA")
COPYLEFT_NOTE = """\
of the speech is under the GPL or a share-alike licence: whoever passes the model on should name these sources
and check what those licences ask of a model trained on such recordings. `--no-gpl` trains without GPL voices."""
LIMITS = """\
One voice is what it keeps: music, singing and other talkers count as noise (or, where they resemble the
near voice, as speech). Expect less below 0 dB SNR, in rooms with T60 above 1 s, and of voices far from the
microphone."""
SCORED = f"""\
Speakers, noises and rooms that training never heard, mixed afresh (`percepnet evaluate --data FOLDER`); SNR is the
active speech level over the mean noise level. Scored against the clean speech above {RUMBLE_HZ:g} Hz, PESQ and
ESTOI at 16 kHz, SI-SDR in dB.

"""
HELD = "The latter holds {terms}, so that {measures} more about the training than the other scores do."
MEASURES_IN_LOSS = {
    "perceptual_weight": ("PESQ's model of hearing", "PESQ-WB"),
    "intelligibility_weight": ("what ESTOI compares", "ESTOI"),
}
UNSCORED = """\
Not scored yet: `percepnet evaluate --data FOLDER --model FILE` does it, and `python -m percepnet.training card` writes
this page again with what it finds.
"""


def data_summary(data: list[Path], no_gpl: bool) -> dict:
    """Recordings of the train split: counts, hours of speech by licence, and the sources to credit."""
    corpus = Corpus(data, "train", no_gpl=no_gpl)
    rows = corpus.rows
    return {
        "speakers": len(corpus.speakers),
        "noises": len(corpus.noises),
        "rooms": len(corpus.rooms),
        "languages": len({row["language"] for row in rows if row["kind"] == "speech"} - {""}),
        "clip_seconds": _median_clip(corpus),
        "high_voices": _share_of_high_voices(rows),
        "speech_hours_by_licence": _hours(rows, "speech"),
        "noise_hours_by_licence": _hours(rows, "noise"),
        "rir_licences": sorted({row["licence"] for row in rows if row["kind"] == "rir"}),
        "sources": sorted({_source(row) for row in rows}),
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
        **{weight: getattr(config.loss, weight) for weight in MEASURES_IN_LOSS},
        "mixture_hours": round(hours, 1),
        "hours_seen": round(done["frames"] / 360000, 1),
        "training_minutes": round(done["seconds"] / 60, 1),
        "commit": _commit(),
        "started_from": Path(done.get("started_from", "")).name,
        "data": data,
        "note": note,
    }


def markdown_card(model: Model, size: int, scores: str | None = None) -> str:
    """The model card, from the card inside the model file and the table of scores, if there is one yet."""
    card, data = model.card, model.card["data"]
    languages = data["languages"] or "unnamed"
    speech, noise = (_hours_text(data[f"{kind}_hours_by_licence"]) for kind in ("speech", "noise"))
    return f"""# {model.name}

Suppresses noise and some reverberation in 48 kHz speech; {size / 1024:.0f} KiB, int8 weights.

## Results

{UNSCORED if scores is None else SCORED + scores}
## Training

{card["steps"]} steps (the last {card["quantised_steps"]} with the core's 8-bit arithmetic) of
{card["batch_sequences"]} sequences of {card["sequence_frames"] / 100:g} s, {card["training_minutes"]:g}
minutes, seed {card["seed"]}, commit {card["commit"]}: {card["hours_seen"]:g} h seen,
from {card["mixture_hours"]:g} h of mixtures at -5 to 45 dB (some noise alone, some speech alone; a third in
rooms). {_losses_text(card)} {_start_text(card)}{card["note"]}

## Data

{data["speakers"]} speakers, {languages} languages, {data["noises"]} classes of noise, {data["rooms"]} rooms.
{_voices_text(data)}Sources: {", ".join(data["sources"])}.

| | hours by licence |
|---|---|
| speech | {speech} |
| noise | {noise} |
| room responses | {", ".join(map(_licence_name, data["rir_licences"])) or "none; rooms were simulated"} |
{_copyleft_text(data)}
## Intended use and limits

Voice calls and recordings of one near talker, on a CPU, in real time (30 ms delay).
{LIMITS}
"""


def write_card(path: Path, scores: str | None = None, out: Path | None = None) -> Path:
    """Writes the card of a model file to `out`, or beside it; where it is."""
    out = out or path.with_suffix(".md")
    text = markdown_card(read_model(path), path.stat().st_size, scores)
    with atomic(out) as part:
        part.write_text(text, encoding="utf-8")
    return out


def _losses_text(card: dict) -> str:
    known = {"feature": "on band gains and comb strengths", "end_to_end": "on the enhanced signal, end to end"}
    losses = f"Losses {' and '.join(known[loss] for loss in reversed(card.get('losses', ['feature'])))}."
    held = [MEASURES_IN_LOSS[weight] for weight in MEASURES_IN_LOSS if card.get(weight)]
    if not held:
        return losses
    terms, measures = (" and ".join(names) for names in zip(*held, strict=True))
    return f"{losses} {HELD.format(terms=terms, measures=measures + (' says' if len(held) == 1 else ' say'))}"


def _start_text(card: dict) -> str:
    start = card.get("started_from")
    return f"Begun with the weights of {start}, whose data and licences count as well. " if start else ""


def _median_clip(corpus: Corpus) -> float:
    """Seconds."""
    seconds = clip_seconds(corpus)
    return round(float(np.median([seconds(clip) for speaker in corpus.speakers for clip in speaker.clips])), 1)


def _share_of_high_voices(rows: list[dict]) -> float | None:
    """Of the speech whose pitch the manifest has; None if it has none."""
    voices = [(float(row["f0_hz"]) >= HIGH_VOICE_HZ, float(row["seconds"])) for row in rows if row.get("f0_hz")]
    total = sum(seconds for _, seconds in voices)
    return round(sum(seconds for is_high, seconds in voices if is_high) / total, 2) if total else None


def _source(row: dict) -> str:
    """What to credit: a synthesiser rather than each of its voices; who scanned a plain folder knows the rest."""
    source = row.get("source") or PLAIN
    if is_synthetic(row):
        return source.split()[0]
    return "own recordings" if source == PLAIN else source


def _voices_text(data: dict) -> str:
    """What the speech is like; nothing for a card of an older version."""
    if "clip_seconds" not in data:
        return ""
    high = data["high_voices"]
    voices = "" if high is None else f"; {high:.0%} of the speech is by voices above {HIGH_VOICE_HZ} Hz"
    return f"Half of the clips are shorter than {data['clip_seconds']:g} s{voices}. "


def _copyleft_text(data: dict) -> str:
    hours = data["speech_hours_by_licence"]
    copyleft = sum(value for name, value in hours.items() if any(word in name for word in COPYLEFT))
    return f"\n{copyleft / sum(hours.values()):.0%} {COPYLEFT_NOTE}\n" if copyleft else ""


def _licence_name(licence: str) -> str:
    return licence or "not stated"


def _hours(rows: list[dict], kind: str) -> dict[str, float]:
    hours: dict[str, float] = {}
    for row in rows:
        if row["kind"] == kind:
            hours[row["licence"]] = hours.get(row["licence"], 0.0) + float(row["seconds"]) / 3600
    return {licence: round(value, 4) for licence, value in sorted(hours.items(), key=lambda item: -item[1])}


def _hours_text(hours: dict[str, float]) -> str:
    return ", ".join(f"{_licence_name(licence)} {value:.2f} h" for licence, value in hours.items())


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return result.stdout.strip() or "unknown"
