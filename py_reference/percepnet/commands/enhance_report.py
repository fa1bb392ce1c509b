"""What `percepnet enhance` shows while it works and when it is done."""

import time

from rich.markup import escape

from ..batch import enhance_file, enhance_pairs, plan_folder
from .terminal import complain, progress_bar, say


def report_file(source, target, enhance):
    """Enhances one file and says so; 0. A target that is a folder gets a file of the source's name."""
    target = target / source.name if target.is_dir() else target
    with progress_bar() as progress:
        task = progress.add_task(escape(source.name), total=1)
        started = time.perf_counter()
        audio = enhance_file(source, target, enhance, lambda share: progress.update(task, completed=share))
    seconds = time.perf_counter() - started
    channels = f"{audio.channels} channel{'s' if audio.channels > 1 else ''}"
    say(f"{target}: {audio.seconds:.2f} s, {channels}, {audio.rate} Hz, in {seconds:.2f} s")
    return 0


def report_folder(source, target, make, workers):
    """Enhances a folder and lists what was passed over and what failed; 2 if anything did, else 0.

    make: called by each of the workers, gives the function that enhances.
    """
    pairs, passed_over = plan_folder(source, target)
    for path in passed_over:
        say(f"not audio, passed over: {path}")
    failures = [one.error for one in enhance_pairs(pairs, make, workers) if one.error]
    say(f"{target}: {len(pairs) - len(failures)} of {len(pairs)} files enhanced")
    for error in failures:
        complain(str(error))
    return 2 if failures else 0
