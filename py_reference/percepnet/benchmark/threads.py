"""What Linux tells of single threads of other processes: their names, and what kept them from their work."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NS_PER_MS = 1e6
MAJOR_FAULTS = 9  # the field of /proc/PID/task/TID/stat, counted from the one behind the name


@dataclass(frozen=True)
class ThreadTimes:
    """Of one or more threads since they began. waited_ms: for a core that others held. pages_read: how often a thread
    waited for a piece of its own program or data to come from the disk.
    """

    ran_ms: float = 0.0
    waited_ms: float = 0.0
    pages_read: int = 0

    def since(self, before):
        """What came on top of other ThreadTimes."""
        return ThreadTimes(
            self.ran_ms - before.ran_ms, self.waited_ms - before.waited_ms, self.pages_read - before.pages_read
        )


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
    ran = waited = pages = 0
    for folder in folders:
        with suppress(OSError):
            spent, delayed, _ = map(int, (folder / "schedstat").read_text().split())
            ran, waited = ran + spent / NS_PER_MS, waited + delayed / NS_PER_MS
        with suppress(OSError):
            pages += int((folder / "stat").read_text().rpartition(")")[2].split()[MAJOR_FAULTS])
    return ThreadTimes(ran, waited, pages)
