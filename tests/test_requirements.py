"""Packages that are not part of every installation: each is named where it is missing, with what installs it."""

import re
import sys
import tomllib

import pytest

from percepnet.building.environment import ROOT
from percepnet.errors import Missing
from percepnet import requirements
from percepnet.requirements import EXTRAS, how_to_build, need


def brought_by(extra):
    """Names of the packages of an extra, those of the extras that it names included."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    names = set()
    for requirement in listed[extra]:
        name, others = re.match(r"([\w-]+)(?:\[([\w,]+)\])?", requirement).groups()
        for other in others.split(",") if others else ():
            names |= brought_by(other)
        names.add(name.replace("-", "_"))
    return names


@pytest.mark.parametrize("module", EXTRAS)
def test_the_extra_that_is_named_brings_the_package(module):
    assert module in brought_by(EXTRAS[module])


def test_what_is_there_is_imported_and_the_first_is_given():
    assert need("json.decoder", "csv") is sys.modules["json.decoder"] and "csv" in sys.modules


@pytest.mark.parametrize(
    "modules, advice",
    [
        (("json", "soxr"), "soxr is not installed: run `pip install soxr`"),
        (
            ("matplotlib.figure",),
            "matplotlib is not installed: run `pip install 'percepnet[reports]'`, or `pip install -e '.[reports]'` "
            "in a checkout",
        ),
    ],
)
def test_one_that_is_missing_is_named(modules, advice, monkeypatch):
    monkeypatch.setitem(sys.modules, modules[-1], None)
    with pytest.raises(Missing) as caught:
        need(*modules)
    assert str(caught.value) == advice


def test_what_is_not_built_can_be_built_in_a_checkout_alone(tmp_path, monkeypatch):
    assert how_to_build("wasm") == "run `percepnet build --wasm`"
    monkeypatch.setattr(requirements, "CHECKOUT", tmp_path)
    assert how_to_build("wasm") == "it is built in a checkout of the project, which this installation is not"
