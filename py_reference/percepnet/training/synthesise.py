"""Synthesised voices as a data folder: more speakers, languages and low voices than the recordings have."""

import hashlib
import tempfile
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..audio_io import atomic
from ..constants import FRAME_SIZE, SAMPLE_RATE
from ..errors import PercepNetError
from ..workers import workers

from .augment import ACTIVE_RANGE_DB, SILENT, frame_power
from .manifest import read_manifest, read_segments, write_tables
from .measure import bandwidth_hz, pitch_hz, snr_db
from .speech import at_level
from .synthesisers import Voice, installed_voices, need_engines, speak
from .texts import texts

LEVEL_DB = -24.0
GAP = np.zeros(SAMPLE_RATE * 15 // 100, np.float32)
LEAST_SHARE = 0.25  # rather fewer voices than less than this of what each is worth having
MARGIN = 8 * FRAME_SIZE  # kept before and behind the active part
SHORTEST_S = 0.4


@dataclass(frozen=True)
class Task:
    """One file: a voice, how long it speaks, and the seed of what it says."""

    voice: Voice
    seconds: float
    seed: int

    @property
    def path(self) -> str:
        """Name of the file inside the data folder."""
        return f"speech/{self.voice.engine}_{self.voice.name.replace('+', '_')}.flac"


def plan(engine: str, hours: float, seed: int) -> list[Task]:
    """Which voices speak for how long, so that the sum is `hours`; the same for the same arguments."""
    voices = [voice for name in need_engines(engine) for voice in installed_voices(name)]
    if not voices:
        raise PercepNetError(f"{engine} has no voice that is known here: install festvox packages")
    order = np.random.default_rng(seed).permutation(len(voices))
    share = hours * 3600 / sum(voice.seconds for voice in voices)
    count = max(1, min(len(voices), int(len(voices) * share / LEAST_SHARE)))
    chosen = [voices[index] for index in order[:count]]
    share = hours * 3600 / sum(voice.seconds for voice in chosen)
    return [Task(voice, voice.seconds * share, seed) for voice in chosen]


def synthesise(out: Path, engine: str, hours: float, seed: int, jobs: int, progress) -> list[dict]:
    """Speaks what is missing in the folder `out` and keeps its tables up to date; all rows of the manifest.

    progress: a rich Progress. May be stopped at any time and run again.
    """
    tasks = plan(engine, hours, seed)
    (out / "speech").mkdir(parents=True, exist_ok=True)
    manifest, segments = _finished(out)
    missing = [task for task in tasks if float(manifest.get(task.path, {"seconds": 0})["seconds"]) < task.seconds]
    bar = progress.add_task("speaking", total=len(tasks), completed=len(tasks) - len(missing))
    with workers(jobs) as pool:
        for future in as_completed([pool.submit(_speak_file, out, task) for task in missing]):
            row, clips = future.result()
            manifest[row["path"]], segments[row["path"]] = row, clips
            write_tables(out, list(manifest.values()), [clip for rows in segments.values() for clip in rows])
            progress.advance(bar)
    return list(manifest.values())


def _finished(out: Path) -> tuple[dict[str, dict], dict[str, list[dict]]]:
    if not (out / "manifest.csv").exists():
        return {}, {}
    return {row["path"]: row for row in read_manifest(out)}, read_segments(out)


def _speak_file(out: Path, task: Task) -> tuple[dict, list[dict]]:
    """Speaks one file of a voice and writes it; its row of the manifest and its rows of segments."""
    clips = _spoken_clips(task)
    pieces, segments, position = [], [], 0
    for samples, snr, text in clips:
        start, end = position / SAMPLE_RATE, (position + len(samples)) / SAMPLE_RATE
        segments.append({"start_s": round(start, 5), "end_s": round(end, 5), "snr_db": round(snr, 1), "origin": text})
        pieces += [samples, GAP]
        position += len(samples) + len(GAP)
    audio = np.concatenate(pieces)
    shared = {"path": task.path, "licence": task.voice.licence, "bw_hz": round(bandwidth_hz(audio))}
    with atomic(out / task.path) as part:
        soundfile.write(part, audio, SAMPLE_RATE, "PCM_16", format="FLAC")
    row = {
        "kind": "speech",
        "speaker_or_class": task.voice.speaker,
        "language": task.voice.language,
        "rate": SAMPLE_RATE,
        "seconds": round(sum(len(samples) for samples, _, _ in clips) / SAMPLE_RATE, 2),
        "clips": len(clips),
        "snr_db": round(float(np.median([snr for _, snr, _ in clips])), 1),
        "f0_hz": round(pitch_hz(audio)),
        "source": f"{task.voice.engine} {task.voice.name}",
        "synthetic": "yes",
    }
    return row | shared, [segment | shared for segment in segments]


def _spoken_clips(task: Task) -> list[tuple[np.ndarray, float, str]]:
    """(samples, SNR, text) of utterances, together at least task.seconds long."""
    rng = np.random.default_rng([task.seed, *hashlib.sha256(task.path.encode()).digest()[:8]])
    clips, length, failures = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for text in texts(task.voice.language, rng):
            samples, snr = _utterance(task.voice, text, Path(folder) / "spoken.wav", rng)
            if len(samples) < SHORTEST_S * SAMPLE_RATE:
                failures += 1
                if failures > 10:
                    raise PercepNetError(f"{task.voice.engine} {task.voice.name} says nothing: reinstall its voices")
                continue
            clips.append((samples, snr, text))
            length += len(samples)
            if length >= task.seconds * SAMPLE_RATE:
                return clips


def _utterance(voice: Voice, text: str, wav: Path, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """(samples at 48 kHz, their SNR before they were cut to what is active)."""
    import soxr

    speak(voice, text, wav, rng)
    samples, rate = soundfile.read(wav, dtype="float32")
    samples = soxr.resample(samples, rate, SAMPLE_RATE, quality="VHQ") if len(samples) else samples
    return at_level(trimmed(samples), LEVEL_DB).clip(-1, 1), snr_db(samples)


def trimmed(samples: np.ndarray) -> np.ndarray:
    """samples from shortly before to shortly behind what is active; nothing of silence."""
    power = frame_power(samples)
    active = np.flatnonzero(power > max(power.max(initial=0.0) * 10 ** (-ACTIVE_RANGE_DB / 10), SILENT))
    if not len(active):
        return samples[:0]
    return samples[max(0, active[0] * FRAME_SIZE - MARGIN) : active[-1] * FRAME_SIZE + MARGIN]
