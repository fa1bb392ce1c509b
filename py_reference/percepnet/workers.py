"""Spreads work over processes of this machine, which stop at once when the work is stopped, or over a Dask cluster."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from .errors import PercepNetError
from .requirements import need

INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended
PATIENCE = "10s"  # with a scheduler that does not answer, or that has no worker
_log = logging.getLogger(__name__)
_received: list[int] = []  # in a worker: signals that end its work
_is_working = False  # in a worker: a task runs, and may have to tidy up


def default_jobs() -> int:
    """How many cores this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Workers:
    """jobs: processes here. dask: address of a scheduler whose workers are used instead; they must have this package,
    what it needs for the work, and the files under the same paths.
    """

    jobs: int = 1
    dask: str | None = None

    def run(self, job: Callable, tasks: list) -> Iterator[tuple[int, Any]]:
        """(position of the task, job(task)) of all tasks, as they are done.

        Raises what a job raises, and PercepNetError if the cluster or a process is lost.
        """
        if self.dask:
            return _in_cluster(self.dask, job, tasks)
        jobs = min(self.jobs, len(tasks))
        if jobs <= 1:
            return ((position, job(task)) for position, task in enumerate(tasks))
        return _in_processes(jobs, job, tasks)


class Pool(ProcessPoolExecutor):
    """Processes whose tasks end as by an exception, tidying up, when Ctrl-C or SIGTERM ends them.

    A terminal sends the former to all of them; the latter is what Python sends to the others when one is killed.
    """

    def __init__(self, jobs: int):
        super().__init__(jobs, initializer=_heed_signals)

    def submit(self, job: Callable, *arguments):
        """As ever. A process has its next task before it ends one: that one is not begun after Ctrl-C."""
        return super().submit(_unless_stopped, job, *arguments)


@contextmanager
def workers(jobs: int) -> Iterator[Pool]:
    """A pool of `jobs` processes. If its block fails or Ctrl-C ends it, tasks that wait are dropped.

    Raises PercepNetError for a process that was killed.
    """
    pool = Pool(jobs)
    try:
        yield pool
    except BrokenProcessPool:
        advice = "if memory ran out, use fewer --jobs; then run the same again"
        raise PercepNetError(f"one of the {jobs} processes was killed: {advice}") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _heed_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def _stop(number: int, _: Any) -> None:
    """Between tasks Ctrl-C must not end the process: Python would end the others for it, half-way through theirs."""
    _received.append(number)
    if _is_working:
        raise KeyboardInterrupt  # which the one who waits for the task gets as well
    if number == signal.SIGTERM:
        os._exit(INTERRUPTED)


def _unless_stopped(job: Callable, *arguments):
    global _is_working
    _is_working = True
    try:
        if _received:
            raise KeyboardInterrupt
        return job(*arguments)
    finally:
        _is_working = False
        if signal.SIGTERM in _received:  # Python waits for the end of the process, and sends it nothing more
            os._exit(INTERRUPTED)


def _in_processes(jobs: int, job: Callable, tasks: list) -> Iterator[tuple[int, Any]]:
    """Begins at once: a process is not to be forked when the thread of a progress bar has begun."""
    with ExitStack() as stack:
        pool = stack.enter_context(workers(jobs))
        futures = {pool.submit(job, task): position for position, task in enumerate(tasks)}
        return _collect(stack.pop_all(), futures)


def _collect(stack: ExitStack, futures: dict[Future, int]) -> Iterator[tuple[int, Any]]:
    with stack:
        for future in as_completed(futures):
            yield futures[future], future.result()


def _in_cluster(address: str, job: Callable, tasks: list) -> Iterator[tuple[int, Any]]:
    distributed = need("distributed")
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise PercepNetError(f"no Dask scheduler at {address} ({error}): start one with `dask scheduler`") from None
    with client:
        try:
            _await_worker(client, address)
            _check_versions(client)
        except OSError:
            raise _lost(address) from None
        futures = client.map(job, tasks, pure=False)
        positions = {future.key: position for position, future in enumerate(futures)}
        try:
            for future, result in distributed.as_completed(futures, with_results=True):
                if future.cancelled():
                    raise _lost(address)
                yield positions[future.key], result
        except distributed.KilledWorker as error:
            raise PercepNetError(f"a Dask worker died again and again ({error}): look into its log") from None


def _lost(address: str) -> PercepNetError:
    return PercepNetError(f"the Dask scheduler at {address} was lost: start it, then run the same again")


def _await_worker(client: Any, address: str) -> None:
    """Waits for the first worker, however long, and soon says so on stderr, unless a program has its own log."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        _log.warning("waiting for the first worker of %s: start one with `dask worker %s`", address, address)
        client.wait_for_workers(1)


def _check_versions(client: Any) -> None:
    """PercepNetError if a worker lacks this package, at which Dask would wait for ever, or has another version."""
    found = client.get_versions(packages=["percepnet"])
    ours = found["client"]["packages"]["percepnet"]
    for worker, about in found["workers"].items():
        theirs = about["packages"]["percepnet"]
        if theirs != ours:
            raise PercepNetError(
                f"the Dask worker {worker} has percepnet {theirs or 'not at all'}: install {ours} there, as here"
            )
