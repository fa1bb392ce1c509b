"""Processes that share the work, and stop at once when the work is stopped."""

import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended


@contextmanager
def workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of `jobs` processes. If its block fails or Ctrl-C ends it, tasks that wait are dropped.

    Ctrl-C, which a terminal sends to all processes, ends a running task as an exception does: it tidies up.
    """
    pool = ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=(signal.SIGINT, _leave))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _leave(*_) -> None:
    sys.exit(INTERRUPTED)
