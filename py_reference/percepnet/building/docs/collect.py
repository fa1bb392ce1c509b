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
        copied = target / (page.relative_to(SITE) if page.is_relative_to(SITE) else page)
        copy(root / page, copied)
        for link in LINK.findall((root / page).read_text()):
            linked = (root / page).parent.joinpath(link).resolve()
            if linked.is_dir():
                list_folder(linked, target / linked.relative_to(root))
                copied.write_text(copied.read_text().replace(f"]({link})", f"]({link.rstrip('/')}/index.md)"))
            elif linked.is_file():
                copy(linked, target / linked.relative_to(root))


def pages(root):
    """Markdown files and notebooks, relative to `root`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md", "*.ipynb"]
    found = (Path(name) for name in run(command, cwd=root).splitlines())
    return [page for page in found if (root / page).is_file()]


def list_folder(folder, target):
    """Copies the files of a folder that a page links to, with a page that lists them, as git's hosts show a folder."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for file in files:
        copy(file, target / file.name)
    lines = [f"* [{file.name}]({file.name})" for file in files]
    (target / "index.md").write_text("\n".join(["---", "orphan: true", "---", f"# {folder.name}", "", *lines, ""]))


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
