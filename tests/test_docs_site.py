"""The documentation site: it builds without a warning, has every page, and every link in it leads somewhere."""

import subprocess
import sys

import pytest

from percepnet.building.docs.collect import pages
from percepnet.building.docs.links import broken_links
from percepnet.building.environment import ROOT


def test_every_page_of_the_repository_is_there(docs_site):
    names = [page.with_suffix(".html") for page in pages(ROOT) if not page.is_relative_to("docs/site")]
    assert len(names) > 20
    assert [name for name in names if not (docs_site / name).exists()] == []


@pytest.mark.parametrize(
    "page, anchor",
    [
        ("python.html", "percepnet.Enhancer.process_frame"),
        ("c.html", "c.percepnet_process_frame"),
        ("c.html", "c.PercepNetConfig.postfilter"),
        ("typescript/index/functions/suppressNoise.html", "parameters"),
        ("spec/percepnet.html", "pitch-analysis-at-16-khz"),
    ],
)
def test_references_are_generated(docs_site, page, anchor):
    assert f'id="{anchor}"' in (docs_site / page).read_text()


def test_notebook_shows_formulas_and_pictures(docs_site):
    text = (docs_site / "docs/percepnet-step-by-step.html").read_text()
    assert "<math " in text and "<img" in text


@pytest.mark.parametrize(
    "fault",
    ['<a href="no.html">', '<a href="#no">', '<a href="other.html#no">', '<script src="https://example.org/x.js">'],
)
def test_a_broken_link_is_found(tmp_path, fault):
    (tmp_path / "other.html").write_text('<h1 id="yes">')
    good = '<a href="other.html#yes"><a href="https://example.org"><img src="data:,">'
    (tmp_path / "index.html").write_text(good)
    assert broken_links(tmp_path) == []
    (tmp_path / "index.html").write_text(good + fault)
    assert len(broken_links(tmp_path)) == 1


def test_a_missing_package_is_one_line():
    code = "import sys; sys.modules['furo'] = None; from percepnet.building.docs.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("docs: furo is not installed: run `pip install 'percepnet[docs]'`, or ")
