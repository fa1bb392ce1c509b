"""Many recordings at once: files and folders of them, over processes of this machine or over a Dask cluster."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .audio_io import Audio, check_folder, check_target, output_format, read_audio, write_audio
from .errors import BadOption, PercepNetError, brief
from .native import Enhancer, NativeModel, Source, load_model
from .requirements import need
from .whole import enhance_audio

if TYPE_CHECKING:
    from .workers import Workers  # Python in a browser has no processes, and everything else of this

# Suffixes that promise sound: in a folder, such a file must be readable; others are passed over.
AUDIO_SUFFIXES = frozenset(
    ".aac .aif .aiff .amr .au .caf .flac .m4a .mp3 .oga .ogg .opus .rf64 .snd .w64 .wav .wave .wma".split()
)
AnyPath = str | os.PathLike[str]
Pair = tuple[Path, Path]  # a file, and where the enhanced one goes
Enhance = Callable[..., NDArray[np.float32]]  # of samples (n,) at 48 kHz and, if wanted, what hears of progress


@dataclass(frozen=True)
class EnhancedFile:
    """What became of a file. error: why there is no target; it says in one line what to do. None: all is well."""

    source: Path
    target: Path
    error: PercepNetError | None = None


def enhance_files(
    inputs: AnyPath | Iterable[AnyPath],
    out: AnyPath,
    model: NativeModel | Source,
    *,
    jobs: int | None = None,
    dask: str | None = None,
    progress: bool = True,
    **config: float,
) -> list[EnhancedFile]:
    """Enhances audio files with the C core into the folder `out`, which may be new; what became of each, in order.

    inputs: files of any rate and number of channels, or one folder, which is mirrored with all folders in it; what in
    it is no audio is passed over. A target has its source's name, length, rate, channels and sample format.
    model and config: as for Enhancer.
    jobs: processes; by default one for each core that this program may use. In a script that uses more than one, put
    the call under `if __name__ == "__main__":`, as Python's multiprocessing asks.
    dask: address of a Dask scheduler, such as "tcp://10.0.0.1:8786", whose workers do it instead. They must have this
    package, and the files under the same paths.
    progress: a bar on the terminal, if there is one.

    One bad file does not stop the others: look at `error` of what comes back. Whoever stops it finds the files that
    were done, whole, and none half-written. The bits are those of `enhance`, however many work. Raises BadModel,
    BadOption, Missing, OSError before the work begins, as Enhancer does, and PercepNetError if it cannot begin or a
    process or the cluster is lost.
    """
    from .workers import Workers, default_jobs

    jobs = default_jobs() if jobs is None else jobs
    if not isinstance(jobs, int) or jobs < 1:
        raise BadOption(f"jobs is a number of processes, 1 or more; not {brief(jobs)}")
    need(*("soundfile", "rich") if progress else ("soundfile",))
    loaded = model if isinstance(model, NativeModel) else load_model(model)
    make = partial(native_enhance, loaded, **config)
    make()  # raises what is wrong with model and options now, not for every file
    return enhance_pairs(plan(inputs, Path(out)), make, Workers(jobs, dask), progress)


def native_enhance(model: NativeModel | Source, **config: float) -> Enhance:
    """A stream of the C core as a function of whole signals."""
    return Enhancer(model, None, **config).enhance


def plan(inputs: AnyPath | Iterable[AnyPath], out: Path) -> list[Pair]:
    """What enhance_files is to do. Raises PercepNetError."""
    if isinstance(inputs, str | os.PathLike):
        if Path(inputs).is_dir():
            return plan_folder(inputs, out)[0]
        inputs = [inputs]
    check_out(out)
    pairs = [(path, out / path.name) for path in map(Path, inputs)]
    name, count = max(Counter(target.name for _, target in pairs).items(), key=lambda item: item[1], default=("", 0))
    if count > 1:
        raise PercepNetError(f"{count} inputs are named {name}, and only one can be {out / name}: give a folder each")
    return pairs


def plan_folder(source: AnyPath, target: AnyPath) -> tuple[list[Pair], list[Path]]:
    """([(input, output)], [files passed over]) for a folder and its mirror. Raises PercepNetError."""
    source, target = Path(source), Path(target)
    check_out(target)
    if target.resolve().is_relative_to(source.resolve()):
        raise PercepNetError(f"{target} is inside the input folder: give a folder elsewhere")
    files = sorted(path for path in source.rglob("*") if path.is_file())
    audio = [path for path in files if path.suffix.lower() in AUDIO_SUFFIXES]
    if not audio:
        raise PercepNetError(f"no audio file in {source}: give a folder with WAV, FLAC, OGG or MP3 files")
    return [(path, target / path.relative_to(source)) for path in audio], sorted(set(files) - set(audio))


def check_out(target: Path) -> None:
    """PercepNetError unless this is a folder, or can become one in a folder that is there."""
    check_folder(target)
    if not target.absolute().parent.is_dir():
        raise PercepNetError(f"the folder {target.absolute().parent} does not exist: create it first")


def enhance_pairs(
    pairs: list[Pair], make: Callable[[], Enhance], workers: "Workers", progress: bool = True
) -> list[EnhancedFile]:
    """Enhances every input into its output, in processes or machines that each `make` the function for it.

    Raises PercepNetError if one of them is lost.
    """
    is_far = workers.dask is not None  # and runs in another folder
    tasks = [(source.absolute(), target.absolute()) for source, target in pairs] if is_far else pairs
    with _no_empty_folders(target for _, target in pairs):
        done = workers.run(partial(_try_file, make), tasks)
        errors = dict(_with_bar(done, len(pairs)) if progress else done)
    return [EnhancedFile(*pair, errors[position]) for position, pair in enumerate(pairs)]


@contextmanager
def _no_empty_folders(targets: Iterable[Path]) -> Iterator[None]:
    """Removes, at the end, what was made for these files and holds none; nobody's folder that was there before."""
    new = {folder for target in targets for folder in target.parents if not folder.exists()}
    try:
        yield
    finally:
        for folder in sorted(new, reverse=True):  # a folder comes after the one that holds it
            with suppress(OSError):  # it holds something, or was not made
                folder.rmdir()


def _try_file(make: Callable[[], Enhance], pair: Pair) -> PercepNetError | None:
    """Why there is no output; None if there is."""
    source, target = pair
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        enhance_file(source, target, make())
    except PercepNetError as error:
        return error
    except OSError as error:
        return PercepNetError(f"{error.filename or source}: {error.strerror or error}")
    except MemoryError:
        return PercepNetError(f"{source} needs more memory than there is: use fewer jobs, or cut it into pieces")
    return None


def enhance_file(
    source: AnyPath, target: AnyPath, enhance: Enhance, report: Callable[[float], object] | None = None
) -> Audio:
    """Writes the enhanced source; returns the Audio written. report: as for enhance_audio.

    Raises PercepNetError or OSError.
    """
    audio = read_audio(source)
    output_format(target, audio)
    check_target(target, [source])
    enhanced = enhance_audio(audio, enhance, report)
    write_audio(target, enhanced)
    return enhanced


def _with_bar(results: Iterable[Any], total: int) -> Iterable[Any]:
    """The same results; a bar on the terminal counts them."""
    from .commands.terminal import progress_bar

    with progress_bar() as bar:
        yield from bar.track(results, total=total, description="enhancing")
