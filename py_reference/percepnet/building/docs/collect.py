"""Copies the repository's pages, and the files they link to, in the same folders: links hold there as in git."""

import re
import shutil
from pathlib import Path

from ..environment import run

SITE = Path("docs/site")  # its pages belong to the site alone and lie at its top
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def collect(root, target):
    """Copies every page that git knows, or would with `git add`, from `root` to `target`."""
    for page in pages(root):
        copy(root / page, target / (page.relative_to(SITE) if page.is_relative_to(SITE) else page))
        for linked in linked_files(root / page):
            copy(linked, target / linked.relative_to(root))


def pages(root):
    """Markdown files and notebooks, relative to `root`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md", "*.ipynb"]
    found = (Path(name) for name in run(command, cwd=root).splitlines())
    return [page for page in found if (root / page).is_file()]


def linked_files(page):
    """Files beside the page, such as pictures and headers, that it links to; a folder stands for all files in it."""
    for link in LINK.findall(page.read_text()):
        path = (page.parent / link).resolve()
        yield from (file for file in ([path] if path.is_file() else sorted(path.rglob("*"))) if file.is_file())


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)  # with its time, by which Sphinx sees what changed
