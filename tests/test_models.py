"""The models that ship: each has its card, fits its name, and cleans the bundled recordings."""

import pytest
from recordings import recording

from percepnet import native, read_model
from percepnet.commands.models import list_models
from percepnet.quality import scores

MODELS = list_models()
PAIRS = {
    "street": ("noisy_speech.wav", "clean_speech.flac"),
    "rain": ("noisy_speech_rain.flac", "clean_speech_rain.flac"),
}


def test_there_is_a_model():
    assert MODELS, "no model in models/: train one with `make train`"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_card_and_name(path):
    model = read_model(path)
    assert path.stem == model.name == f"percepnet-{model.width}"
    assert path.with_suffix(".md").read_text().startswith(f"# {model.name}\n")


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_cleans_bundled_recordings(path, pair):
    noisy, clean = (recording(name) for name in PAIRS[pair])
    before = scores(clean, noisy)
    after = scores(clean, native.Enhancer(path).enhance(noisy))
    assert set(after) == {"SI-SDR", "PESQ-WB", "ESTOI"}, "pesq or pystoi is missing: run `make set-up`"
    assert after["SI-SDR"] > before["SI-SDR"] + 3
    assert after["PESQ-WB"] > before["PESQ-WB"] + 0.1
    assert after["ESTOI"] > before["ESTOI"]
