"""Shows that no speaker, noise class or room of the test split is heard in training."""

from dataclasses import dataclass
from pathlib import Path

from percepnet.errors import PercepNetError
from training.corpus import SPLITS, Corpus

KINDS = {"speakers": "speakers", "noises": "noise classes", "rooms": "rooms"}


class Leak(PercepNetError):
    """Something is in two splits at once."""


@dataclass(frozen=True)
class Contents:
    """What one split holds of one kind: the names of its groups, and the files that they use."""

    groups: frozenset[str]
    files: frozenset[Path]


def contents_of_splits(data: Path) -> dict[str, dict[str, Contents]]:
    """{kind: {split: Contents}}, as the mixer sees them."""
    corpora = {split: Corpus(data, split) for split in SPLITS}
    return {kind: {split: _contents(getattr(corpus, kind)) for split, corpus in corpora.items()} for kind in KINDS}


def check(contents: dict[str, dict[str, Contents]]) -> None:
    """Raises Leak if two splits share a group or a file, or if there is nothing to test with."""
    for kind, splits in contents.items():
        for i, one in enumerate(SPLITS):
            for other in SPLITS[i + 1 :]:
                for what in ("groups", "files"):
                    shared = getattr(splits[one], what) & getattr(splits[other], what)
                    if shared:
                        names = ", ".join(sorted(map(str, shared)))
                        raise Leak(f"{KINDS[kind]}: {names} is in the {one} split and in the {other} split")
    for kind in ("speakers", "noises"):
        if not contents[kind]["test"].groups:
            raise Leak(f"the test split has no {KINDS[kind]}: add recordings")


def table(contents: dict[str, dict[str, Contents]]):
    """A rich Table: the names in every split."""
    from rich.table import Table

    shown = Table("", *SPLITS, title="Speakers, noise classes and rooms of each split", title_justify="left")
    for kind, splits in contents.items():
        counts = [f"[bold]{len(splits[split].groups)}[/] in {len(splits[split].files)} files" for split in SPLITS]
        shown.add_row(KINDS[kind], *counts)
        shown.add_row("", *(", ".join(sorted(splits[split].groups)) for split in SPLITS), end_section=True)
    return shown


def _contents(sources) -> Contents:
    files = frozenset(clip.path for source in sources for clip in source.clips)
    return Contents(frozenset(source.group for source in sources), files)
