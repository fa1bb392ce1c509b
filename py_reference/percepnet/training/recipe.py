"""What shards are made from, noted beside them, so that no folder mixes two recipes."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from ..audio_io import atomic

from .feature_store import StoreError
from .manifest import TABLES

NOTE = "recipe.json"
PARTS = {"split": "split", "seed": "seed", "no_gpl": "choice of --no-gpl", "tables": "content of the data folders"}


@dataclass(frozen=True)
class Recipe:
    """Everything a shard depends on besides its index. data: the folders with the recordings; absolute paths."""

    data: tuple[Path, ...]
    out: Path
    split: str
    seed: int
    no_gpl: bool

    def claim(self) -> None:
        """Makes the folder `out` this recipe's. Raises StoreError where it holds shards of another one."""
        note, mine = self.out / NOTE, self._facts()
        if note.exists():
            theirs = json.loads(note.read_text(encoding="utf-8"))
            for part in (part for name, part in PARTS.items() if theirs.get(name) != mine[name]):
                raise StoreError(f"{self.out} was made from another {part}: delete it, or give another --out")
            return
        self.out.mkdir(parents=True, exist_ok=True)
        with atomic(note) as part:
            part.write_text(json.dumps(mine, indent=2) + "\n", encoding="utf-8")

    def _facts(self) -> dict:
        """Folders are told apart by their tables, so that they may be moved."""
        tables = [b"\0".join(_content(folder / name) for name in TABLES) for folder in self.data]
        digests = [hashlib.sha256(content).hexdigest() for content in tables]
        return {"split": self.split, "seed": self.seed, "no_gpl": self.no_gpl, "tables": digests}


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
