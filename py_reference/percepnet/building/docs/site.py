"""Puts the site's sources together in build/docs-src, has Sphinx build build/docs from them, and checks its links."""

import shutil
import sys

from ...requirements import need
from ..environment import ROOT, SetupError, run, set_up_npm
from ..wasm_modules import build_lock
from . import c_reference, spec_page
from .collect import collect
from .links import broken_links

PACKAGES = ("sphinx", "furo", "myst_nb", "tree_sitter", "tree_sitter_c", "latex2mathml")


def build_site(root=ROOT, out=None):
    """Builds the site in `out`, build/docs unless given, and returns its index.html.

    Missing without a package, SetupError for a page in no navigation, and a link or an anchor that leads nowhere.
    """
    need(*PACKAGES)
    out = out or root / "build/docs"
    set_up_npm("web", root)
    with build_lock(root):
        source = root / "build/docs-src"
        for folder in (source, out):  # always anew: Sphinx warns of a page's faults only when it reads the page
            shutil.rmtree(folder, ignore_errors=True)
        collect(root, source)
        write_references(root, source)
        options = ["-b", "html", "-q", "-W", "--keep-going", "-E", "-d", root / "build/docs-cache"]
        run([sys.executable, "-m", "sphinx", *options, "-c", root / "docs/site", source, out])
    if broken := broken_links(out):
        raise SetupError("links that lead nowhere, or out of the site for a part of a page:\n" + "\n".join(broken))
    return out / "index.html"


def write_references(root, source):
    """The pages that are generated from C, TypeScript and the specification."""
    (source / "c.md").write_text(c_reference.page(root / "core_c/include"))
    (source / "spec/percepnet.md").write_text(spec_page.page(root / "spec/percepnet.toml"))
    run(["npx", "--no-install", "typedoc", "--options", "typedoc.site.mjs"], cwd=root / "web")
    for index in (source / "typescript").rglob("*/index.md"):
        with index.open("a") as page:
            page.write("\n```{toctree}\n:hidden:\n:glob:\n\n*/*\n```\n")
