"""Recordings that Debian packages carry, games above all, as a data folder: more classes of noise, some voices.

All of it only trains, and a class that another folder keeps for tests does not (see splits.py).
"""

import hashlib
import re
import tempfile
import tomllib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..audio_io import atomic
from ..constants import SAMPLE_RATE
from ..errors import PercepNetError
from ..workers import workers

from .deb_package import DebPackage, fetch, need, unpack
from .manifest import read_manifest, read_segments, write_tables
from .measure import pitch_hz
from .packaged_sounds import Sound, Wanted, digest_of, sounds_of
from .synthesise import GAP

PACKAGES = Path(__file__).with_name("debian_packages.toml")
RECIPE = "recipe {}"  # the note of a row; another recipe of a package makes its files again


@dataclass(frozen=True)
class Recipe:
    """What is taken from a package.

    root: folder below which the patterns of `wanted` look. archives: zip files below it that are unpacked first.
    licence: of what is taken, where the copyright file cannot say it.
    """

    package: str
    root: str
    archives: tuple[str, ...]
    licence: str
    wanted: tuple[Wanted, ...]

    @property
    def note(self) -> str:
        """What rows of the manifest say about the recipe that they were made by."""
        return RECIPE.format(hashlib.sha256(repr(self).encode()).hexdigest()[:8])


def recipes(path: Path, names: list[str]) -> list[Recipe]:
    """The packages of a list, or of those the named ones. Raises PercepNetError for mistakes in either."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PercepNetError(f"{path} is not a list of packages ({error}): copy the format of {PACKAGES}") from None
    unknown = [name for name in names if name not in table]
    if unknown:
        raise PercepNetError(f"no package {unknown[0]} in {path}: `percepnet data debian --list` shows which there are")
    return [_recipe(path, name, entry) for name, entry in table.items() if not names or name in names]


def _recipe(path: Path, name: str, entry: dict) -> Recipe:
    try:
        noises = [Wanted("noise", label, "", tuple(files)) for label, files in entry.get("noise", {}).items()]
        voices = [
            Wanted("speech", speaker, voice["language"], tuple(voice["files"]))
            for speaker, voice in entry.get("speech", {}).items()
        ]
        archives = tuple(entry.get("archives", ()))
        return Recipe(name, entry.get("root", "."), archives, entry.get("licence", ""), (*noises, *voices))
    except (AttributeError, KeyError, TypeError) as error:
        raise PercepNetError(f"{path}: {name} is not as it should be ({error}): compare with {PACKAGES}") from None


def collect(out: Path, chosen: list[Recipe], debs: Path | None, jobs: int, progress) -> tuple[list[dict], Counter]:
    """Takes what is missing of the chosen packages and keeps the tables of the folder `out` up to date.

    debs: folder of .deb files, where those that are fetched are kept. progress: a rich Progress. Returns all rows of
    the manifest, and how many files were left out for which reason. May be stopped at any time and run again.
    """
    need("dpkg-deb")
    manifest, segments = _finished(out)
    notes = {recipe.package: recipe.note for recipe in chosen}
    for path, row in list(manifest.items()):
        if row["note"] != notes.get(_package_of(row), row["note"]):
            del manifest[path]
            segments.pop(path, None)
    done = {_package_of(row) for row in manifest.values()}
    seen = _digests(out, segments)
    bar = progress.add_task("packages", total=len(chosen), completed=sum(recipe.package in done for recipe in chosen))
    left_out: Counter = Counter()
    with workers(jobs) as pool:
        for recipe in chosen:
            if recipe.package in done:
                continue
            progress.update(bar, description=recipe.package)
            with _unpacked(recipe, debs) as package:
                rows, clips = _take(out, recipe, package, pool, seen, left_out)
            manifest |= rows
            segments |= clips
            write_tables(out, list(manifest.values()), [clip for found in segments.values() for clip in found])
            progress.advance(bar)
    _remove_strangers(out, manifest)
    return list(manifest.values()), left_out


def _finished(out: Path) -> tuple[dict[str, dict], dict[str, list[dict]]]:
    if not (out / "manifest.csv").exists():
        return {}, {}
    return {row["path"]: row for row in read_manifest(out)}, read_segments(out)


def _package_of(row: dict) -> str:
    return row["source"].split()[1]


def _digests(out: Path, segments: dict[str, list[dict]]) -> set[str]:
    found = set()
    for path, clips in segments.items():
        samples, _ = soundfile.read(out / path, dtype="float32")
        edges = [[round(float(clip[edge]) * SAMPLE_RATE) for edge in ("start_s", "end_s")] for clip in clips]
        found |= {digest_of(samples[start:end]) for start, end in edges}
    return found


@contextmanager
def _unpacked(recipe: Recipe, debs: Path | None):
    with tempfile.TemporaryDirectory() as fetched, tempfile.TemporaryDirectory() as folder:
        deb = fetch(recipe.package, Path(fetched) if debs is None else debs)
        yield unpack(deb, Path(folder), [f"{recipe.root}/{path}" for path in recipe.archives])


def _take(out: Path, recipe: Recipe, package: DebPackage, pool, seen: set[str], left_out: Counter):
    """Writes the files of a package; (rows of the manifest, rows of segments), both by the path of their file."""
    rows, clips = {}, {}
    futures = [pool.submit(sounds_of, package, recipe.root, wanted, recipe.licence) for wanted in recipe.wanted]
    for wanted, future in zip(recipe.wanted, futures, strict=True):
        sounds, reasons = future.result()
        fresh = [sound for sound in sounds if not (sound.digest in seen or seen.add(sound.digest))]
        left_out.update(reasons)
        if len(fresh) < len(sounds):
            left_out["that are copies"] += len(sounds) - len(fresh)
        if fresh:
            path = f"{wanted.kind}/{package.name}_{re.sub(r'[^A-Za-z0-9]+', '-', wanted.label)}.flac"
            rows[path], clips[path] = _write(out, path, recipe, package, wanted, fresh)
    _keep_copyright(out, package)
    return rows, clips


def _write(out: Path, path: str, recipe: Recipe, package: DebPackage, wanted: Wanted, sounds: list[Sound]):
    """Writes the file of a class or speaker; its row of the manifest and its rows of segments."""
    pieces, clips, position = [], [], 0
    for sound in sounds:
        start, end = position / SAMPLE_RATE, (position + len(sound.samples)) / SAMPLE_RATE
        facts = {"bw_hz": round(sound.bw_hz), "snr_db": round(sound.snr_db, 1) if wanted.kind == "speech" else ""}
        origin = f"{package.name} {package.version}:{sound.path}"
        place = {"path": path, "start_s": round(start, 5), "end_s": round(end, 5)}
        clips.append(place | facts | {"origin": origin, "licence": sound.licence})
        pieces += [sound.samples, GAP]
        position += len(sound.samples) + len(GAP)
    audio = np.concatenate(pieces)
    (out / path).parent.mkdir(parents=True, exist_ok=True)
    with atomic(out / path) as part:
        soundfile.write(part, audio, SAMPLE_RATE, "PCM_16", format="FLAC")
    row = {
        "path": path,
        "kind": wanted.kind,
        "speaker_or_class": wanted.label,
        "language": wanted.language,
        "rate": SAMPLE_RATE,
        "seconds": round(sum(len(sound.samples) for sound in sounds) / SAMPLE_RATE, 2),
        "clips": len(sounds),
        "bw_hz": round(float(np.median([sound.bw_hz for sound in sounds]))),
        "source": f"Debian {package.name} {package.version}",
        "licence": "; ".join(sorted({sound.licence for sound in sounds})),
        "split": "train",  # small and mixed: nothing to measure with; where another folder tests with a class, it does
        "note": recipe.note,
    }
    if wanted.kind == "speech":
        snr = float(np.median([sound.snr_db for sound in sounds]))
        row |= {"snr_db": round(snr, 1), "f0_hz": round(pitch_hz(audio, seconds=60.0))}
    return row, clips


def _keep_copyright(out: Path, package: DebPackage) -> None:
    path = out / "licences" / package.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as part:
        part.write_text(package.copyright, encoding="utf-8")


def _remove_strangers(out: Path, manifest: dict[str, dict]) -> None:
    """Deletes files that an older recipe made."""
    for kind in ("noise", "speech"):
        for path in (out / kind).glob("*.flac"):
            if f"{kind}/{path.name}" not in manifest:
                path.unlink()
