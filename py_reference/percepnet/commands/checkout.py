"""The commands that make or show what belongs to a checkout: builds, generated files, models, demo page."""

from typing import Annotated

import typer

from ..building.environment import ROOT
from ..errors import Missing, PercepNetError
from .terminal import out, say

BUNDLED = (ROOT / "tests/audio/noisy_speech.wav", ROOT / "tests/audio/clean_speech.flac")
Check = Annotated[bool, typer.Option("--check", help="Only say which files are stale; exit 1 if any.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default 8000 or the next free one.")]


def need_checkout(path):
    """Raises Missing unless the command runs from a checkout that has this file."""
    if not (ROOT / path).exists():
        raise Missing(f"{path} is not there: this command needs a checkout of the project")


def models():
    """List the models that are here; the first is the default."""
    from .models import model_table

    out.print(model_table())


def build(
    native: Annotated[bool, typer.Option("--native", help="The shared libraries.")] = False,
    wasm: Annotated[bool, typer.Option("--wasm", help="The WASM modules.")] = False,
    web: Annotated[bool, typer.Option("--web", help="The web folder, modules included.")] = False,
    pyodide: Annotated[bool, typer.Option("--pyodide", help="The wheel for Pyodide; docs/pyodide.md.")] = False,
    reproducible: Annotated[
        bool, typer.Option("--check-reproducible", help="Compare the modules with a build in another folder.")
    ] = False,
):
    """Build the native library, the WASM modules and the web folder, or what is asked for: what is not up to date."""
    from ..building import build as building

    need_checkout("CMakeLists.txt")
    building.build(native, wasm, web, reproducible, pyodide)


def demo(
    port: Port = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="As often as wanted: a file, name or width. Default: those of the checkout."),
    ] = None,
):
    """Serve the demo page on this machine until Ctrl-C."""
    from ..engines.browser import DIST
    from .demo_server import serve
    from .models import find_model

    need_checkout("web")
    models = [find_model(name) for name in model or []]
    serve(DIST, port, lambda url: say(f"The demo is at {url} (Ctrl-C ends it)."), models)


def codegen(check: Check = False):
    """Write the files generated from spec/percepnet.toml."""
    need_checkout("spec/percepnet.toml")
    from codegen import emit
    from codegen.spec import SpecError

    try:
        paths = emit.stale() if check else emit.write()
    except SpecError as error:
        raise PercepNetError(str(error)) from None
    report_generated(paths, check, "codegen")


def vectors(check: Check = False):
    """Write the golden vectors in tests/vectors."""
    need_checkout("tests")
    from ..golden import vectors as golden

    report_generated(golden.stale() if check else golden.write(), check, "vectors")


def report_generated(names, check, command):
    """Lists files that were written, or that are stale, which is status 1."""
    for name in names:
        say(f"{name} is stale: run `percepnet {command}`" if check else f"wrote {name}")
    raise typer.Exit(1 if check and names else 0)


COMMANDS = (models, build, demo, codegen, vectors)
