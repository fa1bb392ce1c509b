"""What Linux tells of single threads of other processes: their names, and what kept them from their work."""

import os
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

NS_PER_MS = 1e6
MAJOR_FAULTS, KERNEL_TICKS = 9, 12  # fields of /proc/PID/task/TID/stat, counted from the one behind the name


@dataclass(frozen=True)
class ThreadTimes:
    """Of one or more threads since they began. kernel_ms: the part of ran_ms in which the system did something for
    them, known to 10 ms. waited_ms: for a core that others held. pages_read: how often a thread waited for a piece of
    its own program or data to come from the disk.
    """

    ran_ms: float = 0.0
    kernel_ms: float = 0.0
    waited_ms: float = 0.0
    pages_read: int = 0

    def since(self, before):
        """What came on top of other ThreadTimes."""
        return ThreadTimes(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(before), strict=True)))


def threads_named(name, pids):
    """Folders in /proc of the threads of that name, cut to the 15 letters that Linux keeps."""
    found = []
    for folder in (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*")):
        with suppress(OSError):  # the thread has just ended
            if (folder / "comm").read_text().strip() == name[:15]:
                found.append(folder)
    return found


def thread_times(folders):
    """ThreadTimes of all these threads together; 0 where the system does not tell."""
    total = ThreadTimes()
    for folder in folders:
        with suppress(OSError):  # the thread has just ended
            ran, waited, _ = map(int, (folder / "schedstat").read_text().split())
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            kernel_ms = 1000 * int(fields[KERNEL_TICKS]) / os.sysconf("SC_CLK_TCK")
            one = (ran / NS_PER_MS, kernel_ms, waited / NS_PER_MS, int(fields[MAJOR_FAULTS]))
            total = ThreadTimes(*(sum(pair) for pair in zip(astuple(total), one, strict=True)))
    return total
