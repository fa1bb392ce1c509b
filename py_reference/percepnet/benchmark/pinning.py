"""Gives what is measured a core, and the first call on it, where the system lets a program choose."""

import os
from contextlib import contextmanager, suppress
from pathlib import Path

from .threads import threads_named

AUDIO_THREAD = "Offline AudioWorklet thread"  # as Chromium names it
LEAST_NICE = -20


def measuring_core():
    """The last core that this program may use; None where it cannot choose."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else None


def other_cores(core):
    """The cores that are left, or this one if it is the only one."""
    return os.sched_getaffinity(0) - {core} or {core}


def may_go_first():
    """May this program go before others? Root may."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def go_first(task):
    """Lets a thread (0: this one) go before others where that is allowed. Its niceness before.

    Not in real time: a thread that spins until another lets go of something would never let that other one run.
    """
    before = os.getpriority(os.PRIO_PROCESS, task)
    if may_go_first():
        with suppress(OSError):  # a container may forbid it even root
            os.setpriority(os.PRIO_PROCESS, task, LEAST_NICE)
    return before


@contextmanager
def pinned(core):
    """Keeps this thread on a core, and before others, while the block runs. core: None for neither."""
    if core is None:
        yield
        return
    cores, niceness = os.sched_getaffinity(0), go_first(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
        if may_go_first():
            os.setpriority(os.PRIO_PROCESS, 0, niceness)


def pin_task(task, core):
    """Keeps a thread, or the main thread of another process of ours, on a core and before others."""
    if core is not None:
        with suppress(OSError):  # it has just ended
            os.sched_setaffinity(task, {core})
            go_first(task)


def keep_off(core, pids, tasks):
    """Keeps all threads of these processes off a core, but for some tasks."""
    if core is None:
        return
    others = other_cores(core)
    for folder in (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*")):
        if int(folder.name) not in tasks:
            with suppress(OSError):  # it has just ended
                os.sched_setaffinity(int(folder.name), others)


def pin_audio_threads(pids, core):
    """Keeps the audio threads of Chromium's page processes on a core, others off it. Folders in /proc of the former."""
    if core is None:
        return []
    found = threads_named(AUDIO_THREAD, pids)
    for folder in found:
        pin_task(int(folder.name), core)
    keep_off(core, pids, {int(folder.name) for folder in found})
    return found
