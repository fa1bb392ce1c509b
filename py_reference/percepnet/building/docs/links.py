"""Finds links of built pages that lead nowhere, and parts of pages that would have to come from the network."""

from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

LOADED = {("img", "src"), ("script", "src"), ("link", "href"), ("source", "src"), ("audio", "src"), ("iframe", "src")}


class Page(HTMLParser):
    """ids: what an anchor can name. links: [(whether the browser loads it by itself, address)]."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = {"", "top"}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.ids.add(value)
            if name in ("href", "src") and value is not None:
                self.links.append(((tag, name) in LOADED, value))


def broken_links(folder):
    """One line for every link from a page under `folder` to a file or anchor that is not there. [] if all are good."""

    @cache
    def read(path):
        return Page(path.read_text())

    problems = []
    for path in sorted(folder.rglob("*.html")):
        for loaded, address in read(path).links:
            if problem := fault(path, loaded, address, read):
                problems.append(f"{path.relative_to(folder)}: {address}: {problem}")
    return problems


def fault(path, loaded, address, read):
    """What is wrong with one address in the page at `path`, or None.

    Where it leads out of the site, nothing is fetched.
    """
    parts = urlsplit(address)
    if parts.scheme == "data":
        return None
    if parts.scheme or parts.netloc:
        return "is loaded from the network" if loaded else None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return "no such file"
    if target.suffix == ".html" and unquote(parts.fragment) not in read(target).ids:
        return "no such anchor"
    return None
