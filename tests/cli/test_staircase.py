"""`percepnet staircase`: its numbers can be had by hand, its page stands alone, its verdict is what the numbers say."""

import csv
import re
import sys

import numpy as np
import pytest
import soundfile
from own_thread import in_own_thread
from recordings import recording
from scipy import signal

from percepnet import native, oracle
from percepnet.commands import cli
from percepnet.commands.running import run_app
from percepnet.constants import FRAME_SIZE, HIGH_PASS_A1, HIGH_PASS_A2, WINDOW_SIZE
from percepnet.quality import scores
from percepnet.staircase import demo_page
from percepnet.staircase.mixture import Mixture, read_mixture
from percepnet.staircase.ordering import Ordering, verdict
from percepnet.staircase.page import speech_levelled
from percepnet.staircase.pictures import pictures_of
from percepnet.staircase.steps import Outcome, Step, take
from percepnet.staircase.table import gains

SNR_DB, POSTFILTER = 3.0, 0.7
KINDS = ["noisy", "bins", "bands", "comb", "postfilter", "network"]


@pytest.fixture(scope="module")
def speech():
    return recording("clean_speech.flac", start=1.5, seconds=1.6)


@pytest.fixture(scope="module")
def noise(speech):
    return recording("noisy_speech.wav", start=1.5, seconds=1.6) - speech


@pytest.fixture(scope="module")
def files(speech, noise, tmp_path_factory):
    folder = tmp_path_factory.mktemp("staircase")
    soundfile.write(folder / "clean.wav", speech, 48000, "FLOAT")
    soundfile.write(folder / "noise.wav", noise, 48000, "FLOAT")
    return folder


@pytest.fixture(scope="module")
def results(files, model):
    """The folder with page.html and scores.csv."""
    words = ["staircase", files / "clean.wav", files / "noise.wav", "--snr", SNR_DB, "--postfilter", POSTFILTER]
    words += ["--model", model, "--html", files / "page.html", "--csv", files / "scores.csv"]
    assert cli.run([str(word) for word in words]) == 0
    return files


def read_scores(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def ideal(noisy, clean, **options):
    return oracle.enhance(noisy, clean, make_stream=lambda **c: native.Inspector(native.any_model(), **c), **options)


def textbook_magnitudes(noisy, clean):
    """|X| exp(j arg Y) of Vorbis windows of the high-passed signals up to 20 kHz, in float64."""
    window = np.sin(np.pi / 2 * np.sin(np.pi * (np.arange(WINDOW_SIZE) + 0.5) / WINDOW_SIZE) ** 2)
    passed = [signal.lfilter([1, -2, 1], [1, HIGH_PASS_A1, HIGH_PASS_A2], x.astype(float)) for x in (noisy, clean)]
    padded = [np.pad(x, (FRAME_SIZE, 2 * FRAME_SIZE)) for x in passed]
    out = np.zeros(padded[0].size)
    for at in range(0, noisy.size, FRAME_SIZE):
        Y, X = (np.fft.rfft(window * x[at : at + WINDOW_SIZE]) for x in padded)
        Z = np.abs(X) * np.exp(1j * np.angle(Y)) * (np.arange(Y.size) * 50 <= 20000)
        out[at : at + WINDOW_SIZE] += window * np.fft.irfft(Z)
    return out[FRAME_SIZE:][: noisy.size]


def test_every_number_can_be_had_by_hand(results, speech, noise, model):
    scale = np.sqrt(np.mean(speech.astype(float) ** 2) / np.mean(noise.astype(float) ** 2) / 10 ** (SNR_DB / 10))
    noisy = speech + np.float32(scale) * noise
    by_hand = {
        "noisy": noisy,
        "bins": textbook_magnitudes(noisy, speech),
        "bands": ideal(noisy, speech, strengths=False, postfilter=0),
        "comb": ideal(noisy, speech, postfilter=0),
        "postfilter": ideal(noisy, speech, postfilter=POSTFILTER),
        "network": native.Enhancer(model, postfilter=POSTFILTER).enhance(noisy),
    }
    rows, before = read_scores(results / "scores.csv"), None
    assert [row["step"] for row in rows] == KINDS and [row["name"] for row in rows][-1] == "random"
    for row in rows:
        expected = scores(speech, by_hand[row["step"]])
        tolerance = 2e-3 if row["step"] == "bins" else 1e-4  # float64 against float32; four decimals
        for name, value in expected.items():
            assert float(row[name]) == pytest.approx(value, abs=tolerance), (row["step"], name)
            gain = row[f"{name} gain"]
            assert gain == "" if before is None else float(gain) == pytest.approx(value - before[name], abs=4e-3)
        before = expected


def test_the_page_needs_no_other_file_and_can_be_read_aloud(results):
    page = (results / "page.html").read_text()
    sources = re.findall(r"""(?:src|srcset|href)=["']([^"']*)""", page)
    assert all(source.startswith(("data:", "#step-")) for source in sources)
    assert len(re.findall("<audio", page)) == len(KINDS) + 1 == len(re.findall("data:audio/flac", page))
    texts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(texts) == len(re.findall("<img", page)) == len(set(texts)) == 18 and min(map(len, texts)) > 15
    assert len(re.findall("data:image/webp", page)) == 2 * 18  # light and dark
    assert len(page) < 4_000_000


def test_the_page_says_what_the_table_says(results):
    page, rows = (results / "page.html").read_text(), read_scores(results / "scores.csv")
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    shown = [re.findall(r"<td>\s*(-?[\d.]+)", line) for line in body.split("<tr>")[1:]]
    digits = {"PESQ-WB": 2, "ESTOI": 3, "SI-SDR": 1}
    for row, numbers in zip(rows, shown, strict=True):
        for (name, count), text in zip(digits.items(), numbers, strict=True):
            assert float(text) == pytest.approx(float(row[name]), abs=0.51 * 10**-count)


@pytest.mark.browser
def test_the_page_works_on_a_phone(results):
    width, background, complaints, first_is_silent, second_at = in_own_thread(use, results / "page.html")
    assert width <= 360 and complaints == []
    assert max(map(int, re.findall(r"\d+", background)[:3])) < 64
    assert first_is_silent and second_at >= 0.5


def use(page_file):
    """What a visitor in dark mode meets: width, background, complaints; whether one player stops another."""
    from playwright.sync_api import sync_playwright

    from percepnet.engines.browser import launch

    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme="dark")
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(page_file.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        heard = page.evaluate("""async () => {
            const [first, second] = document.querySelectorAll('audio');
            first.currentTime = 0.5;
            await first.play();
            await second.play();
            return [first.paused, second.currentTime];
        }""")
        browser.close()
    return width, background, complaints, *heard


@pytest.mark.parametrize("rate, channels", [(16000, 2), (44100, 1)])
def test_any_rate_and_channels(rate, channels, speech, noise, tmp_path):
    short = signal.resample_poly(speech, rate, 48000)[: int(1.5 * rate)]
    soundfile.write(tmp_path / "in.flac", np.stack([short, 0 * short][:channels], axis=1), rate, "PCM_24")
    soundfile.write(tmp_path / "noise.wav", noise[:9600], 48000)
    mixture = read_mixture(tmp_path / "in.flac", tmp_path / "noise.wav", snr_db=SNR_DB, seconds=1.25)
    assert mixture.clean.shape == mixture.noisy.shape == (60000,) and mixture.snr_db == pytest.approx(SNR_DB, abs=1e-3)
    aligned = np.corrcoef(mixture.clean[2000:-2000], speech[2000:58000])[0, 1]
    assert aligned > 0.95
    first = ", the first of 2 channels" if channels == 2 else ""
    assert mixture.facts["speech"] == f"in.flac: 1.50 s, {rate} Hz{first}, the first 1.25 s"


def test_speech_without_a_pitch_has_no_comb_to_show(recwarn):
    clean, noise = 0.1 * np.random.default_rng(1).standard_normal((2, 60000)).astype(np.float32)
    mixture = Mixture(clean, clean + noise, {})
    outcome = take(Step("comb", "comb"), mixture)
    texts = [picture.text for picture in pictures_of(outcome, mixture, outcome)]
    assert len(texts) == 3 and not any("response" in text for text in texts) and not recwarn.list


def test_the_bundled_clip_shows_the_articles_order(percepnet, tmp_path):
    status, said, _ = percepnet("staircase", "--model", "{model}", "--csv", tmp_path / "scores.csv", "--seconds", 4)
    bins, bands, comb = (float(row["PESQ-WB"]) for row in read_scores(tmp_path / "scores.csv")[1:4])
    assert status == 0 and bands < bins < comb
    assert "PESQ-WB: as in the article" in said


MISTAKES = {
    "one file alone": ("{d}/clean.wav", "belong together"),
    "missing": ("{d}/nowhere.wav {d}/noise.wav", "nowhere.wav: No such file"),
    "not audio": ("{d}/text.wav {d}/noise.wav", "cannot be read as audio"),
    "too short": ("{d}/short.wav {d}/noise.wav", "shorter than 1 s"),
    "silent speech": ("{d}/silent.wav {d}/noise.wav", "silent.wav is silent"),
    "silent noise": ("{d}/clean.wav {d}/silent.wav", "silent.wav is silent"),
    "page is input": ("{d}/clean.wav {d}/noise.wav --html {d}/clean.wav", "is the input"),
    "no folder": ("{d}/clean.wav {d}/noise.wav --csv {d}/nowhere/a.csv", "create it first"),
    "no such model": ("{d}/clean.wav {d}/noise.wav --model nobody", "there is no model nobody"),
    "ratio": ("{d}/clean.wav {d}/noise.wav --snr 99", "--snr"),
}


@pytest.mark.parametrize("words, complaint", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line(words, complaint, percepnet, files, speech, tmp_path):
    for name in ("clean", "noise"):
        (tmp_path / f"{name}.wav").write_bytes((files / f"{name}.wav").read_bytes())
    (tmp_path / "text.wav").write_text("words")
    soundfile.write(tmp_path / "short.wav", speech[:40000], 48000)
    soundfile.write(tmp_path / "silent.wav", np.zeros(60000), 48000)
    there = sorted(tmp_path.iterdir())
    status, said, trouble = percepnet("staircase", *words.format(d=tmp_path).split())
    assert (status, said) == (2, "") and complaint in trouble and trouble.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == there


@pytest.mark.parametrize("package, extra", [("pesq", "laboratory"), ("matplotlib", "reports")])
def test_a_missing_package_is_named_before_the_work(package, extra, percepnet, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, package, None)
    status, said, trouble = percepnet("staircase", "--model", "{model}", "--html", tmp_path / "page.html")
    assert (status, said) == (2, "") and f"pip install 'percepnet[{extra}]'" in trouble and trouble.count("\n") == 1


def test_the_page_of_the_demo_names_a_missing_package(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "pesq", None)
    assert run_app(demo_page.app, "page", [str(tmp_path / "folder")], label="page") == 2
    assert capsys.readouterr().err.startswith("page: pesq is not installed: run `pip install")
    assert list(tmp_path.iterdir()) == []


def test_every_network_is_compared_with_the_ideal_that_it_stands_in_for():
    kinds = {"noisy": 1.0, "postfilter": 3.0, "network": 2.5, "another": 2.25}
    steps = [Step("network" if kind == "another" else kind, kind) for kind in kinds]
    found = gains([Outcome(step, np.zeros(1), {"PESQ-WB": kinds[step.name]}) for step in steps])
    assert [gained["PESQ-WB"] for _, gained in found][1:] == [2.0, -0.5, -0.75]


@pytest.mark.parametrize(
    "bins, bands, comb, says",
    [
        (2.5, 2.0, 2.6, "as in the article"),
        (2.5, 2.0, 2.4, "wins back 80 % of that, not all"),
        (2.5, 2.0, 1.9, "the comb does not help"),
        (2.5, 2.5, 2.6, "no worse than the bins"),
    ],
)
def test_the_verdict_follows_the_numbers(bins, bands, comb, says):
    text = verdict(Ordering("PESQ-WB", bins, bands, comb), "{:.1f}".format)
    assert says in text and f"(bins {bins}, bands {bands}, with comb {comb})" in text


def test_players_have_the_speech_equally_loud(speech, noise):
    for share, extra in ((0.5, 0.0), (2.0, 0.0), (1.0, 3.0)):
        levelled = speech_levelled(share * speech + extra * noise, speech)
        assert levelled @ speech / (speech.astype(float) @ speech) == pytest.approx(1, abs=1e-6)
