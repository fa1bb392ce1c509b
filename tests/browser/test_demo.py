"""The demo page: sounds go in and out, by keyboard, on a phone, in the dark, and it says what is wrong."""

import io
import re
import time

import numpy as np
import pytest
import soundfile
from bundle import script
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=20000)  # a busy machine takes its time
READY = "Ready: press Start to listen."
PLAYING = "Playing in a loop."


def picture(page: Page, name: str) -> dict:
    return page.locator(f"#{name}").evaluate(script("brightness"))


def download(page: Page, name: str = "enhanced.wav") -> tuple[np.ndarray, int, str]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == name
    data = io.BytesIO(waiting.value.path().read_bytes())
    subtype = soundfile.info(data).subtype
    data.seek(0)
    samples, rate = soundfile.read(data, dtype="float32", always_2d=True)
    return samples, rate, subtype


def wav(samples: np.ndarray, rate: int) -> dict:
    data = io.BytesIO()
    soundfile.write(data, samples, rate, format="WAV", subtype="PCM_16")
    return {"name": "my sound.wav", "mimeType": "audio/wav", "buffer": data.getvalue()}


def choose_file(page: Page, file: dict) -> None:
    page.get_by_label("Your own file").check()
    expect(page.get_by_role("status")).to_have_text("Choose an audio file.")
    page.get_by_label("Audio file").set_input_files(file)


def test_bundled_clip(open_demo, dist):
    page = open_demo()
    assert picture(page, "noisy")["colours"] > 50
    assert picture(page, "enhanced")["colours"] > 50
    clip, _ = soundfile.read(dist / "clip.wav", dtype="float32", always_2d=True)
    samples, rate, subtype = download(page)
    assert (rate, subtype, samples.shape) == (48000, "PCM_16", clip.shape)
    assert 0 < np.square(samples).mean() < np.square(clip).mean()
    page.get_by_label("Format").select_option("float32")
    page.get_by_label("Side").select_option("Original")
    original, _, subtype = download(page, "original.wav")
    assert subtype == "FLOAT"
    assert np.abs(original - clip).max() < 1e-4  # Chromium divides positive samples of 16 bit by 32767


def test_playing_shows_what_happens(open_demo):
    page = open_demo()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status")).to_have_text(PLAYING)
    expect(page.locator("#cpu")).to_have_text(re.compile(r"^\d+\.\d %$"))
    expect(page.locator("#latency")).to_have_text(re.compile(r"^39 ms \+ device \d+ ms$"))
    expect(page.locator("#snr")).to_have_text(re.compile(r"^-?\d+ dB$"))
    expect(page.locator("#module")).to_have_text(re.compile(r"^percepnet-\d+, (relaxed|simd128)$"))
    expect(page.get_by_label("Position")).to_have_value(re.compile(r"^[1-9]"))
    page.get_by_label("Original").check()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status")).to_have_text("Stopped.")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()


def test_less_attenuation_leaves_more(open_demo):
    page = open_demo()
    before = picture(page, "enhanced")["mean"]
    page.get_by_label("Attenuate at most").fill("6")
    expect(page.locator("#attenuation-text")).to_have_text("6 dB")
    deadline = time.monotonic() + 20
    while picture(page, "enhanced")["mean"] <= before:
        assert time.monotonic() < deadline, "the picture does not get brighter"
        page.wait_for_timeout(100)


def test_own_stereo_file_of_another_rate(open_demo):
    page = open_demo()
    rng = np.random.default_rng(2)
    choose_file(page, wav(rng.uniform(-0.2, 0.2, (22050, 2)), 22050))
    expect(page.get_by_role("status")).to_have_text(READY)
    samples, rate, _ = download(page)
    assert (rate, samples.shape) == (48000, (48000, 2))


def test_file_that_is_not_audio(open_demo):
    page = open_demo()
    for content in (b"", b"not audio at all", b"RIFF\x24\x00\x00\x00WAVEfmt "):
        choose_file(page, {"name": "notes.wav", "mimeType": "audio/wav", "buffer": content})
        expect(page.get_by_role("alert")).to_contain_text("“notes.wav” is not audio that this browser")
        expect(page.get_by_role("button", name="Start")).to_be_disabled()
        expect(page.get_by_role("button", name="Download")).to_be_disabled()
        page.get_by_label("Example").check()
        expect(page.get_by_role("status")).to_have_text(READY)
        expect(page.get_by_role("alert")).to_be_hidden()
        page.get_by_label("Audio file").evaluate("input => (input.value = '')")


def test_microphone(open_demo):
    page = open_demo()
    page.get_by_label("Microphone").check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status")).to_have_text("Recording.")
    page.wait_for_timeout(3000)
    assert picture(page, "noisy")["colours"] > 50
    assert picture(page, "enhanced")["colours"] > 50
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status")).to_have_text("Stopped.")
    samples, rate, _ = download(page)
    assert rate == 48000
    assert len(samples) > 2 * rate
    assert np.abs(samples).max() > 0.001
    page.get_by_label("Side").select_option("Original")
    assert len(download(page, "original.wav")[0]) == len(samples)
    page.get_by_role("button", name="Play the recording").click()
    expect(page.get_by_role("status")).to_have_text(PLAYING)


def test_a_microphone_that_goes_away_ends_the_recording(open_demo):
    page = open_demo()
    page.evaluate(
        """() => {
          const { mediaDevices } = navigator;
          const open = mediaDevices.getUserMedia.bind(mediaDevices);
          mediaDevices.getUserMedia = async (wish) => (window.opened = await open(wish));
        }"""
    )
    page.get_by_label("Microphone").check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status")).to_have_text("Recording.")
    page.wait_for_timeout(1000)
    page.evaluate("window.opened.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.get_by_role("status")).to_have_text("Stopped.")
    assert len(download(page)[0]) > 0


def test_no_microphone(open_demo):
    page = open_demo()
    page.get_by_label("Microphone").check()
    for name, advice in (
        ("NotAllowedError", "microphone was refused: allow it"),
        ("NotFoundError", "No microphone was found: connect one"),
    ):
        refusal = f"async () => {{ throw new DOMException('', '{name}'); }}"
        page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {refusal}; }}")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("alert")).to_contain_text(advice)
        expect(page.get_by_role("button", name="Start")).to_be_enabled()


def test_damaged_bundle(open_demo, server, model_path):
    server.replaced[f"/{model_path.name}"] = b"cut short"
    page = open_demo(ready="")
    expect(page.get_by_role("alert")).to_contain_text("is not the file that the manifest names")
    expect(page.get_by_role("button", name="Start")).to_be_disabled()


def move_to(page: Page, name: str) -> None:
    for _ in range(30):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {name}")


def test_by_keyboard(open_demo):
    page = open_demo()
    for name in ("Step by step", "What it costs"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Example")).to_be_focused()
    move_to(page, "suppressed")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Original")).to_be_checked()
    move_to(page, "attenuation")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#attenuation-text")).to_have_text("99 dB")
    page.get_by_role("link", name="What it costs").focus()
    move_to(page, "start")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(PLAYING)
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Stopped.")
    expect(page.get_by_role("button", name="Start")).to_be_focused()


def test_phone_width_needs_no_sideways_scrolling(open_demo):
    page = open_demo(viewport={"width": 360, "height": 740})
    for source in ("Example", "Your own file", "Microphone"):
        page.get_by_label(source).check()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
