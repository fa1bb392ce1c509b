"""Keeps what is measured on one core, and everything else off it, where the system lets a program choose."""

import os
from contextlib import contextmanager, suppress
from pathlib import Path

AUDIO_THREAD = "Offline AudioWo"  # as Chromium names it, cut to the 15 letters that Linux keeps
BUSY_LOAD = 0.5


def measuring_core():
    """The last core that this program may use; None where it cannot choose."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else None


def other_cores(core):
    """The cores that are left, or this one if it is the only one."""
    return os.sched_getaffinity(0) - {core} or {core}


@contextmanager
def pinned(core):
    """Keeps this thread, and what it starts, on a core while the block runs. core: None for no change."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin_process(pid, core):
    """Keeps the main thread of another process of ours on a core."""
    if core is not None:
        with suppress(OSError):
            os.sched_setaffinity(pid, {core})


def pin_audio_threads(pids, core):
    """Keeps the audio threads of Chromium's page processes on a core and others off it. How many it found."""
    if core is None:
        return 0
    found, others = 0, other_cores(core)
    for comm in (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/comm")):
        with suppress(OSError):  # the thread has just ended
            is_audio = comm.read_text().strip() == AUDIO_THREAD
            os.sched_setaffinity(int(comm.parent.name), {core} if is_audio else others)
            found += is_audio
    return found


def busy_note():
    """A line where other programs are at work, else None."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load <= BUSY_LOAD:
        return None
    return f"this machine is busy ({load:.1f} programs at work): close them, or do not trust the figures"
