"""What only some of the work needs, packages and parts that are built, and what a user is told where one is missing."""

import importlib
from pathlib import Path
from types import ModuleType

from .errors import Missing

CHECKOUT = Path(__file__).resolve().parents[2]  # of an installation: no folder of the project

EXTRAS = {  # of this package, by the modules that they bring; others come with the package itself
    "distributed": "cluster",
    "furo": "docs",
    "jinja2": "reports",
    "latex2mathml": "docs",
    "matplotlib": "reports",
    "myst_nb": "docs",
    "pesq": "laboratory",
    "playwright": "test",
    "psutil": "test",
    "pystoi": "laboratory",
    "scipy": "laboratory",
    "sphinx": "docs",
    "torch": "train",
    "tree_sitter": "docs",
    "tree_sitter_c": "docs",
}


def need(*modules: str) -> ModuleType:
    """The first of some modules, if all can be imported. Raises Missing."""
    return [_imported(module) for module in modules][0]


def _imported(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Missing(how_to_install(module)) from None


def how_to_install(module: str) -> str:
    """A line for whoever lacks it."""
    package = module.partition(".")[0]
    command = f"`pip install {package}`"
    if package in EXTRAS:
        extra = f"[{EXTRAS[package]}]"
        command = f"`pip install 'percepnet{extra}'`, or `pip install -e '.{extra}'` in a checkout"
    return f"{package} is not installed: run {command}"


def how_to_build(
    part: str, elsewhere: str = "it is built in a checkout of the project, which this installation is not"
) -> str:
    """What to do where "native", "wasm" or "web" is not built. elsewhere: without a checkout to build it in."""
    return f"run `percepnet build --{part}`" if (CHECKOUT / "CMakeLists.txt").exists() else elsewhere
