"""What experiments make on the way, each thing once, with its cost; an interrupted run goes on where it was."""

import resource
from collections.abc import Callable
from pathlib import Path


class Workshop:
    """A folder of variants, shards, runs and scores."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.spent: dict[str, float] = {}  # processor seconds of what has been asked for
        folder.mkdir(parents=True, exist_ok=True)

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file or folder of that name, made by make(path) unless it is there and whole."""
        path, whole = self.folder / name, self.folder / f"{name}.seconds"
        if not whole.exists():
            before = cpu_seconds()
            make(path)
            whole.write_text(f"{cpu_seconds() - before:.1f}\n")
        self.spent[name] = float(whole.read_text())
        return path


def cpu_seconds() -> float:
    """Processor time of the programs that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
