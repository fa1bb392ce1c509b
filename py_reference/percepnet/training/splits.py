"""Who belongs to training, validation or test: a rule on names, so that it holds whatever is added later."""

import hashlib
import re

SPLITS = ("train", "validation", "test")
STRICTNESS = ("train", "validation", "test")  # where two corpora disagree the later wins
SPLIT_SALTS = {  # part of the rule: another salt is another split
    "speech": "percepnet-240506",
    "noise": "percepnet-37805",
    "rir": "percepnet-3",
}
TEST_PERCENT = 14
VALIDATION_PERCENT = 8


def split_of(kind: str, group: str) -> str:
    """The split that a group of recordings belongs to: a stable hash, independent of the order of files."""
    percent = _percent(kind, group)
    if percent < TEST_PERCENT:
        return "test"
    return "validation" if percent < TEST_PERCENT + VALIDATION_PERCENT else "train"


def _percent(kind: str, group: str) -> int:
    digest = hashlib.sha256(f"{SPLIT_SALTS[kind]}/{kind}/{group}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100


def group_of(row: dict) -> str:
    """What must stay together: a person, a class of noise, all positions in a room.

    Labels such as `collection-da` name no person: all of a language count as one, as they may be. Labels of
    noise such as `rain on tent` and `cafe/babble` belong to the class of their first word.
    """
    label = row["speaker_or_class"]
    if row["kind"] == "speech":
        language = row["language"]
        return f"anonymous-{language}" if language and label.endswith(f"-{language}") else label
    if row["kind"] == "noise":
        return re.split("[ /]", label)[0]
    return label


def assigned_splits(rows: list[dict]) -> dict[tuple[str, str], str]:
    """(kind, group) -> split of everything in the manifests.

    A group of which a corpus says itself that it is for tests (or validation) goes there as a whole. Synthesised
    voices only train: what is measured is measured on people.
    """
    splits: dict[tuple[str, str], str] = {}
    for row in rows:
        group = group_of(row)
        said = "train" if is_synthetic(row) else row.get("split") or split_of(row["kind"], group)
        key = (row["kind"], group)
        splits[key] = max(said, splits.get(key, said), key=STRICTNESS.index)
    return splits


def moves_to_empty_splits(rows: list[dict]) -> dict[tuple[str, str], str]:
    """(kind, group) -> split of those that should move, so that in a small folder no split lacks speech or noise.

    Those move whose hash is nearest; none whose split the corpus states, and none where there are fewer than three.
    """
    splits, moves = assigned_splits(rows), {}
    stated = {(row["kind"], group_of(row)) for row in rows if row.get("split")}
    for kind in ("speech", "noise"):
        ranked = sorted((key for key in splits if key[0] == kind), key=lambda key: (_percent(*key), key))
        for split in ("test", "validation", "train") if len(ranked) >= len(SPLITS) else ():
            owners = [splits[key] for key in ranked]
            spare = [key for key in ranked if owners.count(splits[key]) > 1 and key not in stated]
            if split not in owners and spare:
                key = spare[-1] if split == "train" else spare[0]
                splits[key] = moves[key] = split
    return moves


def is_synthetic(row: dict) -> bool:
    """Whether a row of the manifest is a synthesised voice."""
    return row.get("synthetic") == "yes"
