"""What `percepnet enhance` shows while it works and when it is done."""

import time
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from .enhance_files import enhance_file, enhance_folder, plan_folder


@contextmanager
def progress_bar(err):
    """A rich Progress on a terminal, nothing elsewhere; it vanishes when done."""
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield progress


def report_file(source, target, enhance, out, err):
    """Enhances one file and says what came of it; 0. A target that is a folder gets a file of the source's name."""
    target = target / source.name if target.is_dir() else target
    with progress_bar(err) as progress:
        task = progress.add_task(escape(source.name), total=1)
        started = time.perf_counter()
        audio = enhance_file(source, target, enhance, lambda share: progress.update(task, completed=share))
    seconds = time.perf_counter() - started
    channels = f"{audio.channels} channel{'s' if audio.channels > 1 else ''}"
    form = f"{audio.seconds:.2f} s, {channels}, {audio.rate} Hz"
    out.print(f"{target}: {form}, in {seconds:.2f} s", soft_wrap=True, markup=False)
    return 0


def report_folder(source, target, enhance, out, err):
    """Enhances a folder and lists what was passed over and what failed; 2 if anything did, else 0."""
    jobs, passed_over = plan_folder(source, target)
    for path in passed_over:
        out.print(f"not audio, passed over: {path}", soft_wrap=True, markup=False)
    with progress_bar(err) as progress:
        task = progress.add_task(escape(source.name), total=len(jobs))

        def start(path, number):
            progress.update(task, description=escape(path.name), completed=number)
            return lambda share: progress.update(task, completed=number + share)

        failures = enhance_folder(jobs, enhance, start)
    out.print(f"{target}: {len(jobs) - len(failures)} of {len(jobs)} files enhanced", soft_wrap=True, markup=False)
    for _, message in failures:
        err.print(f"percepnet: {message}", style="red", soft_wrap=True, markup=False)
    return 2 if failures else 0
