"""Web pages from a template, with pictures and recordings: as data: URLs where a page is to need no other file."""

import base64
import io

from .audio_io import atomic
from .constants import SAMPLE_RATE

MP3 = {"format": "MP3", "subtype": "MPEG_LAYER_III"}
RECORDINGS = {  # container and settings of libsndfile: MP3 is the smallest that every browser plays, FLAC is exact
    "mp3": ("audio/mpeg", MP3 | {"compression_level": 0.3}),
    "constant-mp3": ("audio/mpeg", MP3 | {"compression_level": 0.65, "bitrate_mode": "CONSTANT"}),  # seeks exactly
    "flac": ("audio/flac", {"format": "FLAC", "subtype": "PCM_16"}),
}
PICTURE = "image/webp"
PACKAGES = ("jinja2", "matplotlib")  # that pages with pictures need


def write_page(path, template, **values):
    """Fills in a template of jinja2 (a Path) and writes the page, whole or not at all."""
    import jinja2

    settings = {"trim_blocks": True, "lstrip_blocks": True, "undefined": jinja2.StrictUndefined}
    environment = jinja2.Environment(autoescape=True, **settings)
    page = environment.from_string(template.read_text(encoding="utf-8")).render(**values)
    with atomic(path) as part:
        part.write_text(page, encoding="utf-8")


def data_url(media_type, data):
    """Bytes as a data: URL."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def figure_data(figure, dpi, quality=80):
    """A matplotlib Figure as PICTURE, its background as the figure has it. quality: 0..100."""
    data = io.BytesIO()
    figure.savefig(data, format="webp", dpi=dpi, pil_kwargs={"quality": quality})
    return data.getvalue()


def figure_url(figure, dpi):
    """A matplotlib Figure as a data: URL."""
    return data_url(PICTURE, figure_data(figure, dpi))


def sound_data(samples, kind):
    """(media type, bytes) of a recording (n,) in +-1 at 48 kHz; kind: one of RECORDINGS."""
    import soundfile

    media_type, settings = RECORDINGS[kind]
    data = io.BytesIO()
    soundfile.write(data, samples, SAMPLE_RATE, **settings)
    return media_type, data.getvalue()


def sound_url(samples, kind="mp3"):
    """A recording, as in sound_data, as a data: URL."""
    return data_url(*sound_data(samples, kind))
