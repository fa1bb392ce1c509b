"""Enhances audio files and folders of them, by any of the four implementations."""

from pathlib import Path

from ..audio_io import check_target, output_format, read_audio, write_audio
from ..errors import PercepNetError
from ..whole import enhance_audio

# Suffixes that promise sound: in a folder, such a file must be readable; others are passed over.
AUDIO_SUFFIXES = frozenset(
    ".aac .aif .aiff .amr .au .caf .flac .m4a .mp3 .oga .ogg .opus .rf64 .snd .w64 .wav .wave .wma".split()
)


def reference_enhance(model, config):
    from ..enhancer import Enhancer
    from ..model_file import read_model

    return Enhancer(read_model(model), **config).enhance


def native_enhance(model, config):
    from ..native import Enhancer

    return Enhancer(model, **config).enhance


def wasm_enhance(model, config):
    from ..engines.wasm_node import Enhancer

    return Enhancer(model, **config).enhance


def browser_enhance(model, config):
    from ..engines import browser

    return lambda samples, progress=None: browser.enhance(samples, model, **config)


BACKENDS = {
    "native": native_enhance,
    "reference": reference_enhance,
    "wasm": wasm_enhance,
    "browser": browser_enhance,
}


def make_enhance(backend, model, **config):
    """enhance(samples (n,) at 48 kHz, progress=None) -> (n,), delay removed; config as in Enhancer."""
    return BACKENDS[backend](model, config)


def enhance_file(source, target, enhance, report=None):
    """Writes the enhanced source; returns the Audio written. Raises PercepNetError or OSError."""
    audio = read_audio(source)
    output_format(target, audio)
    check_target(target, [source])
    enhanced = enhance_audio(audio, enhance, report)
    write_audio(target, enhanced)
    return enhanced


def plan_folder(source, target):
    """([(input, output)], [files passed over]) for a folder and its mirror. Raises PercepNetError."""
    source, target = Path(source), Path(target)
    if target.exists() and not target.is_dir():
        raise PercepNetError(f"{target} is not a folder, and {source} is: give a folder for the results")
    if not target.absolute().parent.is_dir():
        raise PercepNetError(f"the folder {target.absolute().parent} does not exist: create it first")
    if target.resolve().is_relative_to(source.resolve()):
        raise PercepNetError(f"{target} is inside the input folder: give a folder elsewhere")
    files = sorted(path for path in source.rglob("*") if path.is_file())
    audio = [path for path in files if path.suffix.lower() in AUDIO_SUFFIXES]
    if not audio:
        raise PercepNetError(f"no audio file in {source}: give a folder with WAV, FLAC, OGG or MP3 files")
    return [(path, target / path.relative_to(source)) for path in audio], sorted(set(files) - set(audio))


def enhance_folder(jobs, enhance, on_start):
    """Enhances every (input, output); one bad file does not stop the others.

    on_start(input, number) hears of each and returns enhance_file's `report`. Returns a line per failure.
    """
    failures = []
    for number, (source, target) in enumerate(jobs):
        report = on_start(source, number)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            enhance_file(source, target, enhance, report)
        except PercepNetError as error:
            failures.append(str(error))
        except OSError as error:
            failures.append(f"{error.filename or source}: {error.strerror or error}")
    return failures
