"""Tells when the machine itself stood still: a program asleep on each core wakes up late. It needs 1 % of a core."""

import multiprocessing
import os
import time
from contextlib import contextmanager

from .pinning import pin_task

SLEEP_S = 0.002
NOTABLE_S = 0.003  # an audio device is served every 10 ms, and a sound system may wait for a few of them


def watch(core, pauses):
    """Never ends. Puts (when it ended, s since the epoch; how long, s) of every pause into a queue."""
    pin_task(0, core)
    while True:
        before = time.monotonic()
        time.sleep(SLEEP_S)
        late = time.monotonic() - before - SLEEP_S
        if late > NOTABLE_S:
            pauses.put((time.time(), late))


@contextmanager
def watched_pauses():
    """Watches every core that this program may use. A function that gives the (time, length) of each pause so far."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None]
    context = multiprocessing.get_context("spawn")
    queue, found = context.SimpleQueue(), []
    watchers = [context.Process(target=watch, args=(core, queue), daemon=True) for core in cores]

    def pauses():
        while not queue.empty():
            found.append(queue.get())
        return sorted(found)

    for watcher in watchers:
        watcher.start()
    try:
        yield pauses
    finally:
        for watcher in watchers:
            watcher.terminate()
            watcher.join()
