"""`percepnet evaluate` from the command line to its files, and what it says of mistakes."""

import csv
import re

import pytest
from own_thread import in_own_thread
from tiny_corpus import build_tiny_corpus

from percepnet.commands import cli


@pytest.fixture
def percepnet(capsys):
    """percepnet(*words) -> (status, stdout, stderr)"""

    def run(*words):
        status = cli.run([str(word) for word in words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def results(folders, model, tmp_path_factory):
    """The folder that an evaluation of two pairs has filled."""
    out = tmp_path_factory.mktemp("results")
    words = ["evaluate", "--clean", *folders[:1], "--noisy", *folders[1:], "--model", model, "--out", out]
    assert cli.run([str(word) for word in (*words, "--jobs", 1, "--examples", 1, "--peers", "speexdsp")]) == 0
    return out


def test_scores_and_means_are_written(results):
    with open(results / "scores.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    systems = ["noisy", "speexdsp", "random", "random + postfilter", "ideal g, r = 0", "ideal g and r"]
    assert [row["system"] for row in rows] == 2 * systems
    assert all(row["PESQ-WB"] and row["DNSMOS OVRL"] for row in rows)
    with open(results / "summary.csv", newline="") as file:
        assert [row["system"] for row in csv.DictReader(file)] == systems


def test_the_page_needs_no_other_file(results):
    page = (results / "report.html").read_text()
    sources = re.findall(r"""(?:src|href)=["']([^"']*)""", page)
    assert len(sources) == 2 * 7  # a picture and a recording of the clean clip and of six systems
    assert all(source.startswith("data:") for source in sources)
    assert len(page) < 2_000_000


@pytest.mark.browser
def test_the_page_is_readable_on_a_phone(results):
    width, background, played = in_own_thread(look_at, results / "report.html")
    assert width <= 360
    assert max(map(int, re.findall(r"\d+", background)[:3])) < 64
    assert played == pytest.approx(2, abs=0.1)


def look_at(page_file):
    """(width of the page, background of a table's head, seconds of the first clip) on a phone in dark mode."""
    from playwright.sync_api import sync_playwright

    from percepnet.engines.browser import launch

    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme="dark")
        page.goto(page_file.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        background = page.evaluate("getComputedStyle(document.querySelector('th')).backgroundColor")
        played = page.evaluate("""() => new Promise((resolve) => {
            const audio = document.querySelector('audio');
            audio.addEventListener('loadedmetadata', () => resolve(audio.duration));
            audio.addEventListener('error', () => resolve(0));
            audio.load();
        })""")
        browser.close()
    return width, background, played


def test_mixtures_are_made_scored_and_replaced(percepnet, model, tmp_path):
    data = build_tiny_corpus(tmp_path / "corpus")
    words = ["evaluate", "--data", data, "--model", model, "--out", tmp_path / "out", "--mixtures", 1, "--seconds", 2]
    words += ["--reverberant", 0, "--no-ceilings", "--examples", 0, "--jobs", 1, "--snr", 0, "--snr", 30]
    for seed in (1, 2):
        status, out, _ = percepnet(*words, "--seed", seed)
        assert status == 0 and "PESQ-WB by SNR" in out
        mixtures = sorted(path.name[:9] for path in (tmp_path / "out/mixtures").glob("*_noisy.wav"))
        assert mixtures == ["dry_00dB_", "dry_30dB_"]


@pytest.mark.parametrize(
    "words, line",
    [
        ([], "give what to score"),
        (["--clean", "a"], "belong together"),
        (["--pairs", "missing.csv"], "missing.csv: No such file"),
        (["--pairs", "a.csv", "--clean", "b", "--noisy", "c"], "give what to score"),
        (["--peers", "nobody", "--pairs", "a.csv"], "there is no peer 'nobody'"),
        (["--model", "nobody", "--pairs", "a.csv"], "there is no model nobody"),
        (["--data", "missing"], "manifest.csv does not exist"),
    ],
)
def test_a_mistake_is_one_line(percepnet, model, tmp_path, words, line):
    status, _, err = percepnet("evaluate", "--model", model, "--out", tmp_path / "out", *words)
    assert status == 2 and line in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_left_alone(percepnet, model, tmp_path):
    data = build_tiny_corpus(tmp_path / "corpus")
    (tmp_path / "mixtures").mkdir()
    (tmp_path / "mixtures/mine.txt").write_text("mine")
    status, _, err = percepnet("evaluate", "--data", data, "--model", model, "--out", tmp_path)
    assert status == 2 and "holds something else" in err and (tmp_path / "mixtures/mine.txt").exists()


def test_splits_that_overlap_are_refused(percepnet, model, tmp_path, monkeypatch):
    data = build_tiny_corpus(tmp_path / "corpus")
    overlap = "noise class 'rain' is in test and train"
    monkeypatch.setattr("percepnet.laboratory.command.shared", lambda splits: [overlap])
    status, _, err = percepnet("evaluate", "--data", data, "--model", model, "--out", tmp_path / "out")
    assert status == 2 and "rain" in err and not (tmp_path / "out/mixtures").exists()
