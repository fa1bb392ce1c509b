"""The demo's page of steps: the command's numbers, pictures and sounds under the strict policy, without a network."""

import csv
import io

import pytest
from axe import violations
from demo_page import note_complaints, serving
from percepnet.commands import cli
from percepnet.engines.static_server import StaticServer
from percepnet.staircase.page import CLEAN_NAME
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
SIZE_LIMIT = 3_000_000
LOADED = """async () => {
  for (const image of document.images) image.loading = 'eager';
  await Promise.all([...document.images].map((image) => image.decode()));
  return [...document.images].map((image) => image.naturalWidth);
}"""
HELD = "() => [...document.querySelectorAll('audio')].every((player) => player.src.startsWith('blob:'))"
AT = "(seconds) => document.querySelector('#step-1 audio').currentTime > seconds"
PLACE = "document.querySelector('#step-1 audio').currentTime"
PLAYED_FROM = "document.querySelector('#step-1 audio').played.start(0)"
KEPT = """async () => {
  const [name] = await caches.keys();
  return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname.slice(1));
}"""


@pytest.fixture
def open_steps(browser, dist):
    """open_steps(url, **context options) -> the page, its sounds held. Its console must stay free of complaints."""
    contexts, complaints = [], []

    def open_page(url, **options) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        note_complaints(page, complaints)
        page.goto(f"{url}/index.html")
        page.get_by_role("link", name="Step by step").click()
        page.wait_for_function(HELD)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def steps(open_steps, server):
    return open_steps(server.url, service_workers="block", viewport={"width": 360, "height": 800}, color_scheme="dark")


def wait_until(page: Page, true, seconds=20) -> None:
    """What a page cannot wait for itself."""
    for _ in range(10 * seconds):
        if true():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"not true within {seconds} s")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_numbers_are_the_commands(steps, dist, capsys, tmp_path):
    status = cli.run(["staircase", "--model", "64", "--csv", str(tmp_path / "scores.csv")])
    said = capsys.readouterr().out
    of_command = rows((tmp_path / "scores.csv").read_text())
    of_page = rows((dist / "staircase/scores.csv").read_text())
    assert status == 0 and of_page[:5] == of_command[:5]
    measures = ["PESQ-WB", "ESTOI", "SI-SDR"]
    [of_64] = [row for row in of_page if row["name"] == of_command[5]["name"]]
    assert [of_64[name] for name in measures] == [of_command[5][name] for name in measures]
    shown = [
        line.split() for line in steps.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.innerText)")
    ]
    for row, words in zip(of_page, shown, strict=True):
        numbers = words[len(row["name"].split()) :]
        scores = numbers if row["step"] == "noisy" else numbers[::2]
        for name, text in zip(measures, scores, strict=True):
            assert float(text) == pytest.approx(float(row[name]), abs=0.51 * 10 ** -len(text.partition(".")[2]))
    verdicts = [line.split(": ", 1)[1] for line in said.splitlines() if line.split(":")[0] in measures]
    assert len(verdicts) == len(measures)  # whether the article's order holds
    for verdict in verdicts:
        assert verdict[1:] in steps.locator("main").inner_text()


def test_one_step_plays_and_the_next_goes_on_where_it_was(steps):
    names = "noisy", "ideal magnitude per bin", CLEAN_NAME
    noisy, bins, clean = (steps.get_by_role("button", name=f"Play: {name}") for name in names)
    noisy.click()
    expect(noisy).to_have_attribute("aria-pressed", "true")
    steps.wait_for_function(AT, arg=0.5)
    bins.click()
    expect(bins).to_have_attribute("aria-pressed", "true")
    expect(noisy).to_have_attribute("aria-pressed", "false")
    assert steps.evaluate("document.querySelector('#step-2 audio').currentTime") >= 0.5
    steps.keyboard.press("Space")
    expect(bins).to_have_attribute("aria-pressed", "false")
    clean.click()
    expect(clean).to_have_attribute("aria-pressed", "true")
    assert steps.evaluate("document.querySelector('section:last-of-type audio').currentTime") >= 0.5


def test_a_paused_sound_keeps_its_place_when_it_is_held(steps):
    waiting = []
    steps.route("**/*.mp3", lambda it: waiting.append(it) if it.request.resource_type == "fetch" else it.continue_())
    steps.reload()
    noisy = steps.get_by_role("button", name="Play: noisy")
    noisy.click()
    steps.wait_for_function(AT, arg=0.5)
    noisy.click()
    expect(noisy).to_have_attribute("aria-pressed", "false")
    place = steps.evaluate(PLACE)
    wait_until(steps, lambda: len(waiting) == steps.locator("audio").count())
    for route in waiting:
        route.continue_()
    steps.wait_for_function(HELD)
    assert steps.evaluate(PLACE) == pytest.approx(place, abs=0.01)
    noisy.click()
    steps.wait_for_function(AT, arg=place + 0.1)
    assert steps.evaluate(PLAYED_FROM) == pytest.approx(place, abs=0.1)


def test_everything_is_there_on_a_phone_and_can_be_operated_by_all(steps):
    widths = steps.evaluate(LOADED)
    assert len(widths) > 20 and min(widths) > 500
    names = steps.locator("section h2").all_inner_texts()
    assert steps.locator("audio").count() == len(names) and names[-1].endswith(CLEAN_NAME)
    assert steps.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(steps) == []
    steps.get_by_role("link", name="Demo", exact=True).click()
    expect(steps).to_have_title("PercepNet: speech without the noise")


def test_it_works_as_it_is_served_in_the_light(open_steps, dist):
    with serving(dist) as url:
        page = open_steps(url, service_workers="block", viewport={"width": 1280, "height": 800}, color_scheme="light")
        assert min(page.evaluate(LOADED)) > 500 and violations(page) == []


def test_it_comes_back_without_a_network(open_steps, dist):
    assert sum(file.stat().st_size for file in (dist / "staircase").iterdir()) < SIZE_LIMIT
    server = StaticServer(dist)
    page = open_steps(server.url)
    wanted = {f"staircase/{file.name}" for file in (dist / "staircase").iterdir()}
    wait_until(page, lambda: wanted | {"staircase.html", "staircase.js"} <= set(page.evaluate(KEPT)))
    server.close()
    page.reload()
    page.wait_for_function(HELD)
    assert min(page.evaluate(LOADED)) > 500
    page.get_by_role("button", name="Play: noisy").click()
    page.wait_for_function(AT, arg=0.1)
