"""Spreads work over the machine's processes, or over a Dask cluster."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from percepnet.errors import Missing, PercepNetError


PATIENCE = "10s"  # with a scheduler that does not answer


@dataclass(frozen=True)
class Workers:
    """jobs: processes here. dask: address of a scheduler whose workers are used instead; they must have this package,
    the peers, and the files under the same paths.
    """

    jobs: int = 1
    dask: str | None = None

    def run(self, job: Callable, tasks: list) -> Iterator[tuple[int, Any]]:
        """(position of the task, job(task)) of all tasks, as they are done. Raises what a job raises."""
        if self.dask:
            return _in_cluster(self.dask, job, tasks)
        if self.jobs == 1:
            return ((position, job(task)) for position, task in enumerate(tasks))
        return _in_processes(self.jobs, job, tasks)


def _in_processes(jobs: int, job: Callable, tasks: list) -> Iterator[tuple[int, Any]]:
    with ProcessPoolExecutor(jobs) as pool:
        futures = {pool.submit(job, task): position for position, task in enumerate(tasks)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _in_cluster(address: str, job: Callable, tasks: list) -> Iterator[tuple[int, Any]]:
    try:
        from distributed import Client
        from distributed import as_completed as as_done
    except ImportError:
        raise Missing("Dask is not installed: run `pip install -e '.[laboratory]'`") from None
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise PercepNetError(f"no Dask scheduler at {address} ({error}): start one with `dask scheduler`") from None
    with client:
        futures = client.map(job, tasks, pure=False)
        positions = {future.key: position for position, future in enumerate(futures)}
        for future, result in as_done(futures, with_results=True):
            yield positions[future.key], result
