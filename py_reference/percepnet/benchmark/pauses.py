"""Tells when the machine itself stood still: a program asleep on each core wakes up late. It needs 1 % of a core.

Where it is allowed (root), the sleepers go before every other program, so that none, the one measured least of all,
can be what kept them from waking up; elsewhere a pause may be one of these.
"""

import multiprocessing
import os
import time
from contextlib import contextmanager, suppress

from .pinning import pin_task

SLEEP_S = 0.002
NOTABLE_S = 0.003  # an audio device is served every 10 ms, and a sound system may wait for a few of them


def go_before_all():
    """Lets this program go before every other, audio threads included, where that is allowed. Was it?"""
    with suppress(AttributeError, OSError):  # not this system; not this user
        first = os.sched_get_priority_max(os.SCHED_FIFO)
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(first))
        return True
    return False


def watch(core, reports):
    """Never ends. Sends whether it goes before all, then of each pause (its end, s since the epoch; its length, s)."""
    pin_task(0, core)
    reports.send(go_before_all())
    while True:
        before = time.monotonic()
        time.sleep(SLEEP_S)
        late = time.monotonic() - before - SLEEP_S
        if late > NOTABLE_S:
            reports.send((time.time(), late))


class Pauses:
    """What the sleepers have told. machines_own: no other program can have been the cause."""

    def __init__(self, reports):
        self._reports, self._found = reports, []
        self.machines_own = all([report.recv() for report in reports])  # a list: each has something to say first

    def so_far(self):
        """The (time, length) of each pause, s, in the order of their ends."""
        for report in self._reports:
            while report.poll():
                self._found.append(report.recv())
        return sorted(self._found)


@contextmanager
def watched_pauses():
    """Watches every core that this program may use while the block runs. Gives Pauses."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None]
    context = multiprocessing.get_context("spawn")
    reports, ends = zip(*(context.Pipe(duplex=False) for _ in cores), strict=True)
    sleepers = [context.Process(target=watch, args=pair, daemon=True) for pair in zip(cores, ends, strict=True)]
    for sleeper, end in zip(sleepers, ends, strict=True):
        sleeper.start()
        end.close()  # the sleeper's alone: reading from one that has died fails instead of waiting
    try:
        yield Pauses(reports)
    finally:
        for sleeper in sleepers:
            sleeper.terminate()
            sleeper.join()
