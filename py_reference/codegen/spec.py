"""Reads spec/percepnet.toml: constants evaluated, relations checked, shapes resolved."""

import tomllib
from pathlib import Path

SPEC_PATH = Path(__file__).resolve().parents[2] / "spec" / "percepnet.toml"


class SpecError(Exception):
    """The specification contradicts itself; the message names the relation."""


def load(path=SPEC_PATH):
    """The specification as a dict: constants {name: value}, docs, tables, config, frame_info, signals, stages.

    Raises SpecError for an expression that does not evaluate or a relation that does not hold.
    """
    raw = tomllib.loads(Path(path).read_text())
    constants = {}
    for name, entry in raw["constants"].items():
        constants[name] = evaluate(entry["value"], constants, name)
    for name, relation in raw["asserts"].items():
        if not evaluate(relation, constants, name):
            raise SpecError(f"{name}: {relation} does not hold in {path}")
    for name, entry in raw["signals"].items():
        entry["shape"] = [evaluate(n, constants, name) for n in entry["shape"]]
    return raw | {"constants": constants, "entries": raw["constants"]}


def evaluate(value, constants, name):
    """A number as it is, a string as an expression over the constants above it."""
    if not isinstance(value, str):
        return value
    try:
        return eval(value, {"__builtins__": {}}, constants)
    except (NameError, SyntaxError, TypeError) as error:
        raise SpecError(f"{name}: cannot evaluate {value!r}: {error}") from None
