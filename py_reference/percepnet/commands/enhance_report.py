"""What `percepnet enhance` shows while it works and when it is done."""

import time

from rich.markup import escape

from .enhance_files import enhance_file, enhance_folder, plan_folder
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


def report_folder(source, target, enhance):
    """Enhances a folder and lists what was passed over and what failed; 2 if anything did, else 0."""
    jobs, passed_over = plan_folder(source, target)
    for path in passed_over:
        say(f"not audio, passed over: {path}")
    with progress_bar() as progress:
        task = progress.add_task(escape(source.name), total=len(jobs))

        def start(path, number):
            progress.update(task, description=escape(path.name), completed=number)
            return lambda share: progress.update(task, completed=number + share)

        failures = enhance_folder(jobs, enhance, start)
    say(f"{target}: {len(jobs) - len(failures)} of {len(jobs)} files enhanced")
    for message in failures:
        complain(message)
    return 2 if failures else 0
