"""The staircase as a web page: a table, and for every step a player and pictures."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from .. import __version__
from ..constants import BAND_LIMIT_BIN, FRAME_SIZE, NUM_BANDS, SAMPLE_RATE
from ..tables import COMB_NOISE
from ..web_page import PICTURE, data_url, sound_data, write_page
from .ordering import DECISIVE, orderings, verdict
from .pictures import pictures_of, spectrogram
from .steps import BANDS, BINS, COMB, NETWORK, NOISY, POSTFILTER
from .table import CAPTION, cells, heading, score_text

TEMPLATE, STYLE, SCRIPT = (Path(__file__).with_name(f"page.{kind}") for kind in ("html", "css", "js"))
PEAK = 0.9
MOST_LEVELLING = 4.0  # a network that takes nearly all of the speech stays nearly silent
CLEAN_NAME = "the clean speech"
ABOUT = {
    NOISY: "Speech and noise, added. Everything below starts from this.",
    BINS: "Every frequency bin of every frame gets the magnitude of the clean speech; the phase stays the noisy one. "
    f"This is all that a perfect mask of magnitudes can do, and it would take {BAND_LIMIT_BIN + 1} exact numbers per "
    "frame.",
    BANDS: f"One gain for each of {NUM_BANDS} bands, about as wide as the ear's own filters, gives the band the energy "
    "of the clean speech. That is little enough for a small network, but a band is wider than the distance between two "
    "harmonics of a voice: the noise between them stays, and the voice sounds rough.",
    COMB: "A comb filter averages each window with its copies one to three pitch periods earlier and later: what "
    "repeats stays, the noise between the harmonics averages out. A strength for each band says how much of it is "
    "used. No phase is predicted: the copies bring their own.",
    POSTFILTER: "Bands that are mostly noise are lowered a little more than their gain says, and the frame is made as "
    "loud again as it was. It is there for the ear; measures that compare with the clean signal rarely reward it.",
    NETWORK: "From here on nothing is ideal: a network hears the noisy sound alone and gives the gains and "
    "strengths, in real time. The rest of the system is as above, postfilter included. One recording does not rank the "
    "networks; many do (percepnet evaluate).",
}


@dataclass(frozen=True)
class Drawing:
    """light, dark: URLs. text: what is to be seen. height: pixels."""

    light: str
    dark: str
    text: str
    height: int


@dataclass(frozen=True)
class Section:
    """One step on the page. sound: a URL. scores: {measure: Cell}, none for the clean speech."""

    name: str
    about: str
    sound: str
    drawings: list[Drawing]
    scores: dict


class Embedded:
    """Puts sounds and pictures into the page itself."""

    recording, recording_name = "flac", "16-bit FLAC"

    def place(self, name, media_type, data):
        """The URL of bytes from now on. name: of a file, without its ending."""
        return data_url(media_type, data)


def write_page_of(path, mixture, outcomes, each=iter):
    """Writes the page, which needs no other file. each: wraps the outcomes, for a progress bar."""
    parts = {"style": STYLE.read_text(encoding="utf-8"), "script": SCRIPT.read_text(encoding="utf-8")}
    fill_in(path, mixture, outcomes, Embedded(), each, files=None, **parts)


def fill_in(path, mixture, outcomes, store, each=iter, **parts):
    """Writes the page. store: as Embedded. parts: what else the template asks for."""
    found = orderings(outcomes)
    write_page(
        path,
        TEMPLATE,
        version=__version__,
        facts=mixture.facts | {"mixture": f"{mixture.snr_db:.1f} dB, {mixture.clean.size / SAMPLE_RATE:.2f} s"},
        caption=CAPTION,
        headings={name: heading(name) for name in outcomes[0].scores},
        sections=list(sections(mixture, outcomes, store, each)),
        verdicts={name: sentence(one) for name, one in found.items()},
        decisive=DECISIVE,
        comb_db=-10 * np.log10(COMB_NOISE[-1]),
        frame_ms=1000 * FRAME_SIZE // SAMPLE_RATE,
        recording=store.recording_name,
        **parts,
    )


def sentence(ordering):
    text = verdict(ordering, lambda value: score_text(ordering.measure, value))
    return f"{text[0].upper()}{text[1:]}."


def sections(mixture, outcomes, store, each):
    """The Sections in order, the clean speech last."""
    kinds = {outcome.step.kind: outcome for outcome in outcomes}
    levelled = [speech_levelled(outcome.output, mixture.clean) for outcome in outcomes]
    scale = PEAK / max(np.abs(samples).max() for samples in (mixture.clean, *levelled))
    told, numbers = set(), count(1)

    def section(name, about, samples, pictures, scores):
        number = next(numbers)
        sound = store.place(f"{number}-sound", *sound_data(samples * scale, store.recording))
        drawings = [placed(picture, f"{number}-{k}", store) for k, picture in enumerate(pictures, 1)]
        return Section(name, about, sound, drawings, scores)

    for (outcome, scores), samples in zip(each(cells(outcomes)), levelled, strict=True):
        step = outcome.step
        about = "" if step.kind in told else ABOUT[step.kind]
        told.add(step.kind)
        yield section(step.name, about, samples, pictures_of(outcome, mixture, kinds[POSTFILTER]), scores)
    pictures = [spectrogram(mixture.clean, mixture, CLEAN_NAME)]
    yield section(CLEAN_NAME, "What all of them aim at.", mixture.clean, pictures, {})


def placed(picture, name, store):
    """The Drawing of a Picture."""
    light, dark = (
        store.place(f"{name}-{theme}", PICTURE, data)
        for theme, data in (("light", picture.light), ("dark", picture.dark))
    )
    return Drawing(light, dark, picture.text, picture.height)


def speech_levelled(output, clean):
    """output scaled so that the clean speech in it is as loud as the clean signal."""
    clean, output = (np.asarray(x, np.float64) for x in (clean, output))
    share = float(clean @ output / (clean @ clean))
    return output * np.clip(1 / max(share, 1e-9), 1 / MOST_LEVELLING, MOST_LEVELLING)
