"""Channel policies: no side falls silent, whatever the source's number of channels."""

import pytest
from bundle import script

pytestmark = pytest.mark.browser


def render(page, count: int, channels: str, silent=()) -> dict:
    job = {"count": count, "channels": channels, "silent": list(silent)}
    return page.evaluate(script("render_channels"), job)


@pytest.mark.parametrize("count", [1, 2, 4, 6])
@pytest.mark.parametrize("channels", ["each", "mix", "first"])
def test_both_sides_are_heard(page, count, channels):
    result = render(page, count, channels)
    assert min(result["peaks"]) > 0.1
    assert result["alike"] == (channels != "each" or count == 1)


def test_a_microphone_on_one_side_of_a_stereo_track(page):
    """Each side stays what it was; 'mix' and 'first' bring the voice to the middle."""
    left, right = render(page, 2, "each", silent=[1])["peaks"]
    assert left > 0.2
    assert right == 0
    assert min(render(page, 2, "mix", silent=[1])["peaks"]) == pytest.approx(0.125, abs=0.01)
    assert min(render(page, 2, "mix", silent=[0])["peaks"]) == pytest.approx(0.125, abs=0.01)
    assert min(render(page, 2, "first", silent=[1])["peaks"]) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("count", [3, 5, 8])
def test_unusual_numbers_of_channels(page, count):
    """Web Audio has no mixing rule for these: it keeps the first ones."""
    for channels in ("each", "mix", "first"):
        assert min(render(page, count, channels)["peaks"]) > 0.1
